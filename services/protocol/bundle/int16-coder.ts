import { newModel, RangeDecoder, RangeEncoder } from "./range-coder.ts";

/**
 * Compresses a vector of small integers that spread around zero, and decompresses it to exactly as many as asked for.
 *
 * Each value becomes its magnitude's bit length (0 for zero, up to 16), the two bits after the leading one, the rest, and the sign.
 * Bit length and leading bits are coded adaptively, in the context of the two values before it: neighbouring parameters belong to the
 * same layer and have about the same size. The rest is noise and is stored as it is. Vectors that are mostly zero (top-k updates) cost
 * about 1/40 bit a zero, so no other sparse form is needed.
 */

const CONTEXTS = 18;
const BUCKET_TREE = 32;
const LEADING_TREE = 4;

interface Models {
  readonly zero: Uint16Array;
  readonly bucket: Uint16Array;
  readonly leading: Uint16Array;
}

function newModels(): Models {
  return {
    zero: newModel(CONTEXTS),
    bucket: newModel(CONTEXTS * BUCKET_TREE),
    leading: newModel(17 * LEADING_TREE),
  };
}

/** Compresses `values`. */
export function encodeInt16(values: Int16Array): Uint8Array {
  const coder = new RangeEncoder();
  const { zero, bucket, leading } = newModels();
  let before = 0;
  let last = 0;
  for (const value of values) {
    const magnitude = value < 0 ? -value : value;
    const bits = 32 - Math.clz32(magnitude);
    const context = (before + last + 1) >> 1;
    coder.bit(zero, context, bits === 0 ? 0 : 1);
    if (bits > 0) {
      writeTree({ coder, model: bucket, offset: context * BUCKET_TREE }, bits - 1, 4);
      const rest = bits - 1;
      const coded = Math.min(rest, 2);
      const tail = rest - coded;
      writeTree(
        { coder, model: leading, offset: bits * LEADING_TREE },
        (magnitude >> tail) & ((1 << coded) - 1),
        coded,
      );
      coder.direct(((magnitude & ((1 << tail) - 1)) << 1) | (value < 0 ? 1 : 0), tail + 1);
    }
    before = last;
    last = bits;
  }
  return coder.finish();
}

/**
 * Decompresses exactly `length` values. Memory is bounded by `length`, whatever the bytes say.
 *
 * @returns undefined when the bytes are not what {@link encodeInt16} makes of `length` values: cut off, with something behind, or a
 * magnitude outside int16.
 */
export function decodeInt16(bytes: Uint8Array, length: number): Int16Array | undefined {
  const coder = new RangeDecoder(bytes);
  const { zero, bucket, leading } = newModels();
  const values = new Int16Array(length);
  let before = 0;
  let last = 0;
  for (let index = 0; index < length; index++) {
    const context = (before + last + 1) >> 1;
    let bits = 0;
    if (coder.bit(zero, context) === 1) {
      bits = readTree({ coder, model: bucket, offset: context * BUCKET_TREE }, 4) + 1;
      const rest = bits - 1;
      const coded = Math.min(rest, 2);
      const tail = rest - coded;
      const head =
        (1 << coded) | readTree({ coder, model: leading, offset: bits * LEADING_TREE }, coded);
      const direct = coder.direct(tail + 1);
      const magnitude = (head << tail) | (direct >> 1);
      const value = (direct & 1) === 1 ? -magnitude : magnitude;
      if (value < -32768 || value > 32767) return undefined;
      values[index] = value;
    }
    before = last;
    last = bits;
  }
  return coder.isExhausted() ? values : undefined;
}

interface Tree<Coder> {
  readonly coder: Coder;
  readonly model: Uint16Array;
  readonly offset: number;
}

/** Writes `count` bits, highest first, each in the context of those before it. */
function writeTree(
  { coder, model, offset }: Tree<RangeEncoder>,
  value: number,
  count: number,
): void {
  let node = 1;
  for (let shift = count - 1; shift >= 0; shift--) {
    const bit = (value >> shift) & 1;
    coder.bit(model, offset + node, bit);
    node = (node << 1) | bit;
  }
}

function readTree({ coder, model, offset }: Tree<RangeDecoder>, count: number): number {
  let node = 1;
  for (let index = 0; index < count; index++) node = (node << 1) | coder.bit(model, offset + node);
  return node - (1 << count);
}
