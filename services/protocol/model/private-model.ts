import type { G1Point } from "../curve.ts";
import { CommonweightError, isErrorOf } from "../errors.ts";
import type { EncryptionKeyPair, Envelope } from "../sealing/envelope.ts";
import { isSealedFile, openFile, sealedFileErrors, sealFile } from "../sealing/sealed-file.ts";

/** Which model a sealed file holds: owner and commitment name it, so it can be told before the project has a number. */
export interface SealedModel {
  readonly chainId: bigint;
  readonly market: string;
  /** Who has posted its project: anybody else may post one that begins with the same commitment and file, and name readers for it. */
  readonly owner: string;
  readonly commitment: G1Point;
}

/** What a private model is sealed for: a file of another model, owner, market or chain does not open in its place. */
export const modelContext = ({ chainId, market, owner, commitment }: SealedModel): string =>
  `model:${chainId}:${market.toLowerCase()}:${owner.toLowerCase()}:${commitment.x}:${commitment.y}`;

/** How somebody reads private models. */
export interface ModelKeyring {
  readonly envelope: Envelope;
  /** The pair whose public half is registered on chain. */
  readonly keys: EncryptionKeyPair;
  /**
   * Asks those who can open the file to seal its key to this reader too, one after the other: any of them may answer with something
   * else. For readers that joined after the model was published, or whom the file's publisher keeps out.
   */
  readonly requestGrants?: ((cid: string) => AsyncIterable<Uint8Array>) | undefined;
}

/** Seals a model file to its readers. @throws RangeError without a single usable key. */
export const sealModel = (
  model: SealedModel,
  parts: {
    readonly envelope: Envelope;
    readonly bytes: Uint8Array;
    /** X25519 public keys. */
    readonly readers: readonly Uint8Array[];
  },
): Promise<Uint8Array> =>
  sealFile({
    envelope: parts.envelope,
    plaintext: parts.bytes,
    recipients: parts.readers,
    context: modelContext(model),
  });

/**
 * The model file in what was fetched: as it is for a public project, opened for a private one.
 *
 * @throws CommonweightError CW1822 without a key that opens it, CW1820, CW1821 and CW1823 for a file that was sealed wrongly.
 */
export async function openModelFile(
  bytes: Uint8Array,
  model: SealedModel & { readonly cid: string },
  keyring: ModelKeyring | undefined,
): Promise<Uint8Array> {
  if (!isSealedFile(bytes)) return bytes;
  if (keyring === undefined) {
    throw new CommonweightError(
      sealedFileErrors.notAddressed,
      "the model is private: no key given",
    );
  }
  const { envelope, keys, requestGrants } = keyring;
  const context = modelContext(model);
  const open = (grant?: Uint8Array) => openFile({ envelope, bytes, keys, context, grant });
  let refusal: unknown;
  try {
    return await open();
  } catch (error) {
    // Also one that names this reader: its publisher may have sealed the key wrongly to some of those whom it names.
    const { notAddressed, cannotOpen } = sealedFileErrors;
    if (![notAddressed, cannotOpen].some((kind) => isErrorOf(error, kind))) throw error;
    refusal = error;
  }
  for await (const grant of requestGrants?.(model.cid) ?? []) {
    try {
      return await open(grant);
    } catch (error) {
      refusal = error;
    }
  }
  throw refusal;
}
