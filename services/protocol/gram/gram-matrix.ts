import { CommonweightError } from "../errors.ts";
import { gramErrors } from "./gram-errors.ts";

/** Inner products `[i][j] = <u_i, u_j>` of all slots, over the integers; rows of inactive slots are zero. */
export type GramMatrix = readonly (readonly bigint[])[];

/** An active slot's integers, or null. 16 bits everywhere but in slot 2, the last aggregate. */
export type SlotVector = Int16Array | Int32Array | null;

/** Width of inner products of 16-bit vectors: `|G| < 2^54`. */
export const NARROW_GRAM_BITS = 54n;
/** Width of inner products with slot 2: `|G| < 2^75`. */
export const WIDE_GRAM_BITS = 75n;

// Products of two 16-bit numbers are below 2^30, with the aggregate below 2^46: so many sums stay exact in a double.
const NARROW_BLOCK = 1 << 14;
const WIDE_BLOCK = 1 << 6;

function narrowProduct(left: Int16Array, right: Int16Array, from: number, to: number): number {
  let sum = 0;
  for (let j = from; j < to; j++) sum += (left[j] as number) * (right[j] as number);
  return sum;
}

function wideProduct(
  left: Int16Array | Int32Array,
  right: Int32Array,
  from: number,
  to: number,
): bigint {
  let high = 0n;
  let low = 0n;
  for (let start = from; start < to; start += WIDE_BLOCK) {
    const end = Math.min(start + WIDE_BLOCK, to);
    let highSum = 0;
    let lowSum = 0;
    for (let j = start; j < end; j++) {
      const value = left[j] as number;
      const other = right[j] as number;
      highSum += value * (other >> 16);
      lowSum += value * (other & 0xffff);
    }
    high += BigInt(highSum);
    low += BigInt(lowSum);
  }
  return (high << 16n) + low;
}

/**
 * Computes the exact Gram matrix of the slots.
 *
 * @throws CommonweightError CW1601 when slots differ in length, CW1603 when an entry is too wide for the circuit.
 */
export function gramMatrix(slots: readonly SlotVector[]): GramMatrix {
  const count = slots.length;
  const length = slots.find((slot) => slot !== null)?.length ?? 0;
  const gram = Array.from({ length: count }, () => new Array<bigint>(count).fill(0n));
  for (let from = 0; from < length; from += NARROW_BLOCK) {
    const to = Math.min(from + NARROW_BLOCK, length);
    for (let i = 0; i < count; i++) {
      for (let j = i; j < count; j++) {
        const [left, right] = [slots[i], slots[j]];
        if (!left || !right) continue;
        const row = gram[i] as bigint[];
        row[j] = (row[j] as bigint) + product(left, right, from, to);
      }
    }
  }
  for (let i = 0; i < count; i++) {
    if (slots[i] && slots[i]?.length !== length) {
      throw new CommonweightError(
        gramErrors.slotMalformed,
        `slot ${i} has ${slots[i]?.length} entries`,
      );
    }
    for (let j = i; j < count; j++) {
      const entry = (gram[i] as bigint[])[j] as bigint;
      const bits = i === 2 || j === 2 ? WIDE_GRAM_BITS : NARROW_GRAM_BITS;
      if (entry >= 1n << bits || entry <= -(1n << bits)) {
        throw new CommonweightError(gramErrors.gramOutOfRange, undefined, {
          details: { i, j, entry },
        });
      }
      (gram[j] as bigint[])[i] = entry;
    }
  }
  return gram;
}

function product(
  left: Int16Array | Int32Array,
  right: Int16Array | Int32Array,
  from: number,
  to: number,
): bigint {
  if (right instanceof Int32Array) return wideProduct(left, right, from, to);
  if (left instanceof Int32Array) return wideProduct(right, left, from, to);
  return BigInt(narrowProduct(left, right, from, to));
}
