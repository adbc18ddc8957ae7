import { SCALAR_FIELD } from "./curve.ts";

/** Fills a fresh array with random bytes; pass `crypto.getRandomValues` or, in tests, a seeded source. */
export type RandomBytes = (length: number) => Uint8Array;

/** The representative of `value` in `[0, p)`. */
export function toScalar(value: bigint): bigint {
  const rest = value % SCALAR_FIELD;
  return rest < 0n ? rest + SCALAR_FIELD : rest;
}

/** The sum modulo the field's order. */
export function scalarSum(terms: readonly bigint[]): bigint {
  return toScalar(terms.reduce((total, term) => total + term, 0n));
}

/** True for a field element in its one canonical form; anything else would hash differently but compute the same. */
export function isScalar(value: bigint): boolean {
  return value >= 0n && value < SCALAR_FIELD;
}

/** `base ** exponent` modulo the scalar field's order. Not constant time. */
export function scalarPower(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = toScalar(base);
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % SCALAR_FIELD;
    square = (square * square) % SCALAR_FIELD;
  }
  return result;
}

/** The inverse modulo the scalar field's order; zero for zero. */
export function scalarInverse(value: bigint): bigint {
  return scalarPower(value, SCALAR_FIELD - 2n);
}

/** A scalar within 2^-130 of uniform: 48 random bytes, reduced. */
export function randomScalar(randomBytes: RandomBytes): bigint {
  return randomBytes(48).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n) % SCALAR_FIELD;
}
