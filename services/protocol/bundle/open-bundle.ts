import { sha256 } from "@noble/hashes/sha2.js";
import { isSameAddress } from "../address.ts";
import { type G1Point, INFINITY, isSamePoint, SCALAR_FIELD } from "../curve.ts";
import { isG1Point } from "../gram/blinding-base.ts";
import { commitmentHash } from "../market/submissions.ts";
import { isSameBytes } from "../same-bytes.ts";
import type { EncryptionKeyPair, Envelope } from "../sealing/envelope.ts";
import {
  type BundleContext,
  type BundleHeader,
  encodeContext,
  readBundle,
  refuse,
} from "./bundle-header.ts";
import { deriveBundleKey, SHARE_PURPOSE } from "./bundle-key.ts";
import { type BundlePayload, decodePayload } from "./bundle-payload.ts";

/** The secrets to open a bundle with: an aggregator's, or the whole key that an appealing trainer has disclosed. */
export type BundleSecrets =
  | { readonly contentKey: Uint8Array; readonly keys: EncryptionKeyPair }
  | { readonly bundleKey: Uint8Array };

/** What {@link openBundle} opens and what it must find. */
export interface OpenBundleParameters {
  readonly envelope: Envelope;
  readonly bytes: Uint8Array;
  readonly secrets: BundleSecrets;
  /** From the chain: what the bundle must be bound to. */
  readonly associated: BundleContext;
  readonly fractionBits: number;
  readonly parameterCount: number;
  /**
   * Recomputes the commitment: `commitUpdate` of `commitment.ts` over a curve. `claimed` is what the bundle says it is, a point of the
   * curve: several can be checked at once.
   */
  readonly commit: (opened: {
    readonly update: Int16Array;
    readonly blinding: bigint;
    readonly claimed: G1Point;
  }) => Promise<G1Point>;
}

/**
 * Opens a bundle and verifies everything about it, down to the commitment whose hash is on chain.
 *
 * Memory is bounded by the bundle's size and the project's parameter count, whatever the bundle claims.
 *
 * @throws CommonweightError of `bundleErrors` (CW1700-CW1718) naming the first check that failed; see there for the order.
 */
export async function openBundle(parameters: OpenBundleParameters): Promise<BundlePayload> {
  const { envelope, bytes, secrets, associated, commit } = parameters;
  const { header, headerBytes, payload } = readBundle(bytes);
  checkContext(header, parameters);
  const bundleKey =
    "bundleKey" in secrets ? secrets.bundleKey : await recoverBundleKey(envelope, header, secrets);
  if (!isSameBytes(sha256(bundleKey), header.bundleKeyHash))
    throw refuse("wrongBundleKey", "hash of the key differs from the header's");
  const plaintext = await envelope
    .decryptOnce({ key: bundleKey, associated: headerBytes, ciphertext: payload })
    .catch((cause) => {
      throw refuse("payloadTampered", "authentication failed", cause);
    });
  const { update, blinding, commitment: claimed } = decodePayload(header, plaintext);
  // A blinding and the same plus the field's order commit alike: only one of them is a bundle.
  if (blinding >= SCALAR_FIELD) throw refuse("badBlinding", "not below the field's order");
  if (commitmentHash(associated.trainer, claimed) !== associated.commitmentHash.toLowerCase())
    throw refuse("commitmentMismatch", "the hash on chain is not that of the commitment");
  // The verifier refuses these in a slot that takes part: a round with one of them could not be settled.
  if (!isG1Point(claimed) || isSamePoint(claimed, INFINITY))
    throw refuse("commitmentMismatch", "the commitment is no point that can be committed to");
  if (!isSamePoint(await commit({ update, blinding, claimed }), claimed)) {
    throw refuse(
      "commitmentMismatch",
      "recomputed from the opened integers, the commitment is another point",
    );
  }
  return { update, blinding, commitment: claimed };
}

/**
 * Checks what anybody can check of a sealed bundle: its form, and that it is bound to what the chain says. The payload stays closed.
 *
 * @returns the SHA-256 of its content key and of its bundle key, to compare keys with.
 * @throws CommonweightError CW1700 to CW1709 naming the first check that failed.
 */
export function checkSealedBundle(
  parameters: Pick<
    OpenBundleParameters,
    "bytes" | "associated" | "fractionBits" | "parameterCount"
  >,
): Pick<BundleHeader, "contentKeyHash" | "bundleKeyHash"> {
  const { header } = readBundle(parameters.bytes);
  checkContext(header, parameters);
  return { contentKeyHash: header.contentKeyHash, bundleKeyHash: header.bundleKeyHash };
}

/** Compares each bound field with what the chain says, naming the first that differs. */
function checkContext(
  header: BundleHeader,
  {
    associated,
    fractionBits,
    parameterCount,
  }: Pick<OpenBundleParameters, "associated" | "fractionBits" | "parameterCount">,
): void {
  const check = (reason: Parameters<typeof refuse>[0], isSame: boolean, found: unknown) => {
    if (!isSame) throw refuse(reason, `found ${found}`);
  };
  check(
    "wrongChain",
    header.chainId === associated.chainId && isSameAddress(header.market, associated.market),
    `${header.chainId}, ${header.market}`,
  );
  check("wrongProject", header.projectId === associated.projectId, header.projectId);
  check("wrongRound", header.roundIndex === associated.roundIndex, header.roundIndex);
  check("wrongTrainer", isSameAddress(header.trainer, associated.trainer), header.trainer);
  check(
    "wrongCommitment",
    header.commitmentHash === associated.commitmentHash.toLowerCase(),
    header.commitmentHash,
  );
  check("wrongScale", header.fractionBits === fractionBits, `${header.fractionBits} fraction bits`);
  check(
    "wrongParameterCount",
    header.parameterCount === parameterCount,
    `${header.parameterCount} parameters`,
  );
}

async function recoverBundleKey(
  envelope: Envelope,
  header: BundleHeader,
  { contentKey, keys }: { contentKey: Uint8Array; keys: EncryptionKeyPair },
): Promise<Uint8Array> {
  const recipient = header.recipients.find(({ publicKey }) =>
    isSameBytes(publicKey, keys.publicKey),
  );
  if (recipient === undefined)
    throw refuse("notAddressed", `${header.recipients.length} other recipients`);
  if (!isSameBytes(sha256(contentKey), header.contentKeyHash))
    throw refuse("wrongContentKey", "hash of the key differs from the header's");
  const share = await envelope
    .open({
      privateKey: keys.privateKey,
      purpose: SHARE_PURPOSE,
      associated: encodeContext(header),
      sealed: recipient.sealedShare,
    })
    .catch((cause) => {
      throw refuse(
        "recipientShareUnreadable",
        "the share in the header does not open with this aggregator's key",
        cause,
      );
    });
  return deriveBundleKey(contentKey, share);
}
