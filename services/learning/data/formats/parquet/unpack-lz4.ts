import { damage } from "./damage.ts";

/**
 * Unpacks a block of LZ4, without a frame around it: in turn bytes as they are, and copies of bytes that came before.
 *
 * @throws CommonweightError CW3102 when it does not come to so many bytes.
 */
export function unpackLz4(packed: Uint8Array, bytes: number): Uint8Array {
  const page = new Uint8Array(bytes);
  let [at, to] = [0, 0];
  const next = () => {
    const byte = packed[at++];
    if (byte === undefined) throw damage("an LZ4 block ends too early");
    return byte;
  };
  /** Four bits; when all are set, the bytes that follow are added, up to one that is not 255. */
  const length = (bits: number) => {
    let sum = bits;
    if (bits < 15) return sum;
    for (let more = 255; more === 255; sum += more) more = next();
    return sum;
  };
  for (;;) {
    const token = next();
    const literals = length(token >> 4);
    if (at + literals > packed.length || to + literals > bytes) {
      throw damage("an LZ4 block has bytes that are nowhere");
    }
    page.set(packed.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    // The last part is one of bytes as they are.
    if (at === packed.length) break;
    const distance = next() | (next() << 8);
    const copied = length(token & 15) + 4;
    if (distance === 0 || distance > to || to + copied > bytes) {
      throw damage("an LZ4 block copies what is not there");
    }
    // A copy may overlap itself: byte after byte.
    for (let i = 0; i < copied; i++, to++) page[to] = page[to - distance] as number;
  }
  if (to !== bytes) throw damage(`an LZ4 block of ${to} bytes, not ${bytes}`);
  return page;
}
