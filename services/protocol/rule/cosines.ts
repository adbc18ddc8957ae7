import type { GramMatrix } from "../gram/gram-matrix.ts";

/** Places that a quotient of two large integers is taken to before it becomes a number. */
const UNIT = 1_000_000_000n;

/**
 * Cosines of the angles between vectors, from their inner products.
 *
 * @param slots Whose: in this order.
 * @returns One row a slot; 0 beside a vector of nothing but zeros.
 */
export function cosines(gram: GramMatrix, slots: readonly number[]): number[][] {
  const product = (i: number, j: number) => gram[i]?.[j] ?? 0n;
  return slots.map((i) =>
    slots.map((j) => {
      const norms = product(i, i) * product(j, j);
      if (norms === 0n) return 0;
      const squared = Number((UNIT * product(i, j) ** 2n) / norms) / Number(UNIT);
      return Math.sign(Number(product(i, j))) * Math.sqrt(squared);
    }),
  );
}
