import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes } from "@noble/hashes/utils.js";
import { type G1Point, SCALAR_FIELD } from "../curve.ts";
import { CommonweightError } from "../errors.ts";
import { commitmentHash } from "../market/submissions.ts";
import { type Envelope, envelopeErrors, leaveOutBadKey, TAG_BYTES } from "../sealing/envelope.ts";
import {
  type BundleContext,
  type BundleHeader,
  encodeContext,
  encodeHeader,
} from "./bundle-header.ts";
import { deriveBundleKey, SHARE_PURPOSE } from "./bundle-key.ts";
import { encodePayload } from "./bundle-payload.ts";

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
  const { coder, plaintext } = encodePayload({ update, blinding, commitment });
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
