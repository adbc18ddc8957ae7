import type { IdxArray } from "../../services/learning/data/formats/idx.ts";

/**
 * An idx file of unsigned bytes, as MNIST's are.
 *
 * @example encodeIdx({ shape: [2], values: Uint8Array.of(7, 9) }) // 00 00 08 01  00 00 00 02  07 09
 */
export function encodeIdx({ shape, values }: IdxArray): Uint8Array {
  const header = 4 + 4 * shape.length;
  const bytes = new Uint8Array(header + values.length);
  bytes.set([0, 0, 0x08, shape.length]);
  const view = new DataView(bytes.buffer);
  shape.forEach((side, k) => {
    view.setUint32(4 + 4 * k, side);
  });
  bytes.set(values, header);
  return bytes;
}
