import { toScalar } from "../../services/protocol/scalar.ts";

/** Coefficients of a polynomial over the scalar field, lowest first. */
export type BigintPolynomial = readonly bigint[];

/** The sum of products of entries. */
export const dot = (left: BigintPolynomial, right: BigintPolynomial): bigint =>
  toScalar(left.reduce((sum, value, j) => sum + value * (right[j] ?? 0n), 0n));

/** The polynomial's value. */
export const evaluate = (polynomial: BigintPolynomial, x: bigint): bigint =>
  polynomial.reduceRight((sum, value) => toScalar(sum * x + value), 0n);

/** `left + weight * right`. */
export const addScaled = (
  left: BigintPolynomial,
  right: BigintPolynomial,
  weight: bigint,
): bigint[] =>
  Array.from({ length: Math.max(left.length, right.length) }, (_, j) =>
    toScalar((left[j] ?? 0n) + weight * (right[j] ?? 0n)),
  );

/** The polynomial times `slope * X + constant`. */
export const timesLine = (
  polynomial: BigintPolynomial,
  { slope, constant }: { readonly slope: bigint; readonly constant: bigint },
): bigint[] => addScaled(addScaled([], polynomial, constant), [0n, ...polynomial], slope);

/** Quotient by `X - point`, whether or not it divides. */
export function quotient(polynomial: BigintPolynomial, point: bigint): bigint[] {
  const result = new Array<bigint>(polynomial.length).fill(0n);
  let carry = 0n;
  for (let j = polynomial.length - 1; j >= 1; j--) {
    carry = toScalar(carry * point + (polynomial[j] as bigint));
    result[j - 1] = carry;
  }
  return result;
}
