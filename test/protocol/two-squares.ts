import { SCALAR_FIELD } from "../../services/protocol/curve.ts";

/** A square root modulo the scalar field (Tonelli and Shanks; p - 1 = 2^28 * odd), or null. */
export function squareRoot(value: bigint): bigint | null {
  const power = (base: bigint, exponent: bigint) => {
    let [result, square] = [1n, base % SCALAR_FIELD];
    for (let rest = exponent; rest > 0n; rest >>= 1n) {
      if (rest & 1n) result = (result * square) % SCALAR_FIELD;
      square = (square * square) % SCALAR_FIELD;
    }
    return result;
  };
  if (value === 0n) return 0n;
  if (power(value, (SCALAR_FIELD - 1n) / 2n) !== 1n) return null;
  const odd = (SCALAR_FIELD - 1n) >> 28n;
  let c = power(5n, odd);
  let t = power(value, odd);
  let r = power(value, (odd + 1n) / 2n);
  for (let m = 28n; t !== 1n; ) {
    let i = 0n;
    for (let u = t; u !== 1n; i++) u = (u * u) % SCALAR_FIELD;
    const b = power(c, 1n << (m - i - 1n));
    m = i;
    c = (b * b) % SCALAR_FIELD;
    t = (t * c) % SCALAR_FIELD;
    r = (r * b) % SCALAR_FIELD;
  }
  return r;
}

/** Two field elements whose squares sum to `sum`: x^2 + y^2 = sum, found by trying x. */
export function twoSquares(sum: bigint): [bigint, bigint] {
  for (let x = 1n; ; x++) {
    const rest = (((sum - x * x) % SCALAR_FIELD) + SCALAR_FIELD) % SCALAR_FIELD;
    const y = squareRoot(rest);
    if (y !== null) return [x, y];
  }
}
