import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";

/** What the share in a bundle's header is sealed for. */
export const SHARE_PURPOSE = "commonweight/bundle-share/v1";
const KEY_PURPOSE = "commonweight/bundle-key/v1";

/**
 * The 32 bytes under which a bundle's payload is encrypted: of two secrets, so that neither opens it alone.
 *
 * @param contentKey The author's, released after the commit phase.
 * @param share The aggregators'.
 */
export function deriveBundleKey(contentKey: Uint8Array, share: Uint8Array): Uint8Array {
  return hkdf(sha256, concatBytes(contentKey, share), undefined, utf8ToBytes(KEY_PURPOSE), 32);
}
