import { SCALAR_FIELD } from "../../protocol/curve.ts";
import { scalarInverse, toScalar } from "../../protocol/scalar.ts";

const RADIX = (1n << 256n) % SCALAR_FIELD;
const RADIX_INVERSE = scalarInverse(RADIX);

/** Writes a non-negative number below 2^256 in 32 bytes, lowest first. */
export function littleEndianBytes(value: bigint): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(32);
  const view = new DataView(bytes.buffer);
  for (let word = 0; word < 4; word++) {
    view.setBigUint64(word * 8, BigInt.asUintN(64, value >> BigInt(64 * word)), true);
  }
  return bytes;
}

/** Reads 32 bytes, lowest first. */
export function littleEndianNumber(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 32);
  let value = 0n;
  for (let word = 3; word >= 0; word--) {
    value = (value << 64n) | view.getBigUint64(word * 8, true);
  }
  return value;
}

/** A scalar in Montgomery form, `value * 2^256 mod p`, as the wasm program computes with it. */
export function montgomeryBytes(value: bigint): Uint8Array<ArrayBuffer> {
  return littleEndianBytes((toScalar(value) * RADIX) % SCALAR_FIELD);
}

/** The scalar behind 32 bytes in Montgomery form. */
export function montgomeryNumber(bytes: Uint8Array): bigint {
  return (littleEndianNumber(bytes) * RADIX_INVERSE) % SCALAR_FIELD;
}

/** Several scalars in Montgomery form, one after the other. */
export function montgomeryList(values: readonly bigint[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.length * 32);
  for (const [index, value] of values.entries()) bytes.set(montgomeryBytes(value), index * 32);
  return bytes;
}
