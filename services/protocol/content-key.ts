import { type BundleContext, encodeContext, refuse, SHARE_BYTES } from "./bundle-header.ts";
import type { EncryptionKeyPair, Envelope } from "./envelope.ts";

const RELEASE_PURPOSE = "commonweight/content-key/v1";

/** A content key on its way to one aggregator. */
export interface SealContentKeyParameters {
  readonly envelope: Envelope;
  readonly contentKey: Uint8Array;
  readonly aggregatorPublicKey: Uint8Array;
  readonly associated: BundleContext;
}

/** Seals a content key to one aggregator (80 bytes); sent only after the commit phase has closed. */
export async function sealContentKey({
  envelope,
  contentKey,
  aggregatorPublicKey,
  associated,
}: SealContentKeyParameters): Promise<Uint8Array> {
  return envelope.seal({
    recipient: aggregatorPublicKey,
    purpose: RELEASE_PURPOSE,
    associated: encodeContext(associated),
    plaintext: contentKey,
  });
}

/** What an aggregator opens a released key with. */
export interface OpenContentKeyParameters {
  readonly envelope: Envelope;
  readonly sealed: Uint8Array;
  readonly keys: EncryptionKeyPair;
  readonly associated: BundleContext;
}

/** Opens a released content key. @throws CommonweightError CW1711 when it was sealed to another aggregator, round or trainer. */
export async function openContentKey({
  envelope,
  sealed,
  keys,
  associated,
}: OpenContentKeyParameters): Promise<Uint8Array> {
  try {
    if (sealed.length !== SHARE_BYTES)
      throw new RangeError(`${sealed.length} bytes instead of ${SHARE_BYTES}`);
    return await envelope.open({
      privateKey: keys.privateKey,
      purpose: RELEASE_PURPOSE,
      associated: encodeContext(associated),
      sealed,
    });
  } catch (cause) {
    throw refuse(
      "keyReleaseUnreadable",
      "not sealed to this aggregator for this round and trainer",
      cause,
    );
  }
}
