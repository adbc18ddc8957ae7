import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { isSameAddress } from "./address.ts";
import { isG1Point } from "./blinding-base.ts";
import {
  type BundleContext,
  type BundleHeader,
  encodeContext,
  encodeHeader,
  readBundle,
  refuse,
} from "./bundle-header.ts";
import { FieldReader, FieldWriter } from "./byte-fields.ts";
import { type G1Point, INFINITY, isSamePoint, SCALAR_FIELD } from "./curve.ts";
import {
  type EncryptionKeyPair,
  type Envelope,
  envelopeErrors,
  leaveOutBadKey,
  TAG_BYTES,
} from "./envelope.ts";
import { CommonweightError } from "./errors.ts";
import { decodeInt16, encodeInt16 } from "./int16-coder.ts";
import { isSameBytes } from "./same-bytes.ts";
import { commitmentHash } from "./submissions.ts";

/** A sealed update of `d` int16 entries is never larger than this: header, recipients and tag included. */
export const maxBundleBytes = (parameterCount: number): number => 2 * parameterCount + 16_384;

const SHARE_PURPOSE = "commonweight/bundle-share/v1";
const KEY_PURPOSE = "commonweight/bundle-key/v1";
/** Payload bytes before the update: the blinding and the commitment's two coordinates. */
const OPENING_BYTES = 3 * 32;

/** What {@link sealBundle} seals. */
export interface SealBundleParameters {
  readonly envelope: Envelope;
  readonly update: Int16Array;
  /** The blinding of the commitment, below the scalar field's order. */
  readonly blinding: bigint;
  /** Commitment to the update under that blinding: nobody else learns it before the bundle is opened. */
  readonly commitment: G1Point;
  readonly associated: Omit<BundleContext, "commitmentHash">;
  /** The project's fixed-point scale: the update's unit is `2^-fractionBits`. */
  readonly fractionBits: number;
  /** X25519 keys of all the project's aggregators (1 to 8), primary first. */
  readonly aggregatorPublicKeys: readonly Uint8Array[];
}

/** A sealed bundle and what its author keeps secret. */
export interface SealedBundle {
  /** To be submitted with the bundle's CID. */
  readonly commitmentHash: string;
  /** To be published: without `contentKey` it tells nobody anything but its size, not even the aggregators. */
  readonly bytes: Uint8Array;
  /**
   * Released after the commit phase, in a signed message or on chain: alone it opens nothing either, because each
   * aggregator also needs its share in the bundle.
   */
  readonly contentKey: Uint8Array;
  /** Opens the bundle for anybody: for an appeal before auditors, not for the ordinary round. */
  readonly bundleKey: Uint8Array;
}

/**
 * Seals an update so that it can be published before it may be read (commit, then reveal).
 *
 * The payload's key is HKDF-SHA256 of two secrets: the content key, which the author releases after the commit phase, and a share
 * that only the aggregators can open. The payload is the blinding, the commitment, and the integers, range-coded when that is shorter.
 *
 * An aggregator whose registered key is no usable one is left out, so that a standby cannot stop everybody's updates by registering one.
 *
 * @throws RangeError when a field does not fit its place (a bug of the caller), CW2501 when no aggregator is left.
 */
export async function sealBundle(parameters: SealBundleParameters): Promise<SealedBundle> {
  const { envelope, update, blinding, commitment, fractionBits, aggregatorPublicKeys } = parameters;
  const hash = commitmentHash(parameters.associated.trainer, commitment);
  const associated: BundleContext = { ...parameters.associated, commitmentHash: hash };
  if (blinding < 0n || blinding >= SCALAR_FIELD) throw new RangeError("blinding outside the field");
  const contentKey = envelope.randomBytes(32);
  const share = envelope.randomBytes(32);
  const bundleKey = deriveBundleKey(contentKey, share);
  const context = encodeContext(associated);
  const sealed = await Promise.all(
    aggregatorPublicKeys.map(async (publicKey) => {
      const sealedShare = await envelope
        .seal({
          recipient: publicKey,
          purpose: SHARE_PURPOSE,
          associated: context,
          plaintext: share,
        })
        .catch(leaveOutBadKey);
      return sealedShare && { publicKey, sealedShare };
    }),
  );
  const recipients = sealed.filter((each) => each !== undefined);
  if (recipients.length === 0) {
    throw new CommonweightError(envelopeErrors.badKey, "no aggregator has registered one");
  }
  const coded = encodeInt16(update);
  const coder = coded.length < 2 * update.length ? "range" : "plain";
  const plaintext = concatBytes(
    new FieldWriter().uint(blinding, 32).uint(commitment.x, 32).uint(commitment.y, 32).finish(),
    coder === "range" ? coded : encodePlain(update),
  );
  const header: BundleHeader = {
    ...associated,
    coder,
    fractionBits,
    parameterCount: update.length,
    payloadBytes: plaintext.length + TAG_BYTES,
    contentKeyHash: sha256(contentKey),
    bundleKeyHash: sha256(bundleKey),
    recipients,
  };
  const headerBytes = encodeHeader(header);
  const payload = await envelope.encryptOnce({
    key: bundleKey,
    associated: headerBytes,
    plaintext,
  });
  return {
    ...{ bytes: concatBytes(headerBytes, payload), commitmentHash: hash },
    ...{ contentKey, bundleKey },
  };
}

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

/** What a bundle held. */
export interface OpenedBundle {
  readonly update: Int16Array;
  readonly blinding: bigint;
  readonly commitment: G1Point;
}

/**
 * Opens a bundle and verifies everything about it, down to the commitment whose hash is on chain.
 *
 * Memory is bounded by the bundle's size and the project's parameter count, whatever the bundle claims.
 *
 * @throws CommonweightError of `bundleErrors` (CW1700-CW1718) naming the first check that failed; see there for the order.
 */
export async function openBundle(parameters: OpenBundleParameters): Promise<OpenedBundle> {
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
  if (plaintext.length < OPENING_BYTES) throw refuse("badCoding", `${plaintext.length} bytes`);
  const update = decodeUpdate(header, plaintext.subarray(OPENING_BYTES));
  const opening = new FieldReader(plaintext);
  const blinding = opening.big(32);
  const claimed = { x: opening.big(32), y: opening.big(32) };
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

function decodeUpdate({ coder, parameterCount }: BundleHeader, coded: Uint8Array): Int16Array {
  const update =
    coder === "range" ? decodeInt16(coded, parameterCount) : decodePlain(coded, parameterCount);
  if (update === undefined) throw refuse("badCoding", `not ${parameterCount} integers (${coder})`);
  return update;
}

function deriveBundleKey(contentKey: Uint8Array, share: Uint8Array): Uint8Array {
  return hkdf(sha256, concatBytes(contentKey, share), undefined, utf8ToBytes(KEY_PURPOSE), 32);
}

/** Two bytes a value, little-endian on every machine. */
function encodePlain(update: Int16Array): Uint8Array {
  const bytes = new Uint8Array(2 * update.length);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < update.length; index++) {
    view.setInt16(2 * index, update[index] as number, true);
  }
  return bytes;
}

function decodePlain(bytes: Uint8Array, length: number): Int16Array | undefined {
  if (bytes.length !== 2 * length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Int16Array.from({ length }, (_, index) => view.getInt16(2 * index, true));
}
