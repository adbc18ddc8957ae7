import { SCALAR_FIELD } from "../../services/protocol/curve.ts";

/** Scalars that look like any: each the square of the one before, and one more. Twin: `fieldElements` in gnark/main.go. */
export function fieldElements(length: number): bigint[] {
  const values: bigint[] = [];
  for (let value = 3n; values.length < length; value = (value * value + 1n) % SCALAR_FIELD) {
    values.push(value);
  }
  return values;
}

/** Integers over the whole of 16 bits, from a linear congruence. Twin: `smallIntegers` in gnark/main.go. */
export function smallIntegers(length: number): Int16Array {
  const values = new Int16Array(length);
  for (let j = 0, state = 1; j < length; j++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[j] = state >>> 16;
  }
  return values;
}
