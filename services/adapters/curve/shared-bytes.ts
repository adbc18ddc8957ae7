/** Bytes that workers can read without a copy, where the platform allows it (Node; cross-origin isolated pages). */
export function allocateShared(length: number): Uint8Array {
  const isShareable =
    typeof SharedArrayBuffer !== "undefined" && globalThis.crossOriginIsolated !== false;
  return new Uint8Array(isShareable ? new SharedArrayBuffer(length) : new ArrayBuffer(length));
}

/** A part of `bytes` to send to a worker: a view of shared memory, a copy of anything else, whose whole buffer would be sent. */
export function portion(bytes: Uint8Array, from: number, to: number): Uint8Array {
  const isShared =
    typeof SharedArrayBuffer !== "undefined" && bytes.buffer instanceof SharedArrayBuffer;
  return isShared ? bytes.subarray(from, to) : bytes.slice(from, to);
}
