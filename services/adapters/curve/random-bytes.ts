const LARGEST_CALL = 65536;

/** Bytes from the platform's cryptographic source, of any length. */
export function secureRandomBytes(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let from = 0; from < length; from += LARGEST_CALL) {
    crypto.getRandomValues(bytes.subarray(from, Math.min(from + LARGEST_CALL, length)));
  }
  return bytes;
}
