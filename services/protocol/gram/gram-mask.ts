import type { Curve, G1Point } from "../curve.ts";
import { type RandomBytes, randomScalar, scalarSum } from "../scalar.ts";
import { BLINDING_BASE } from "./blinding-base.ts";
import type { SlotVector } from "./gram-matrix.ts";

/**
 * Masking coefficients of the dummy slot. Seven values that depend on them become visible, so 7 would be the
 * least; 32 bring the distance to uniform below 2^-254.
 */
export const DUMMY_COEFFICIENTS = 32;

/** The random part of a proof attempt. Everything here is secret but the commitment. */
export interface GramMask {
  /** The dummy slot's coefficients, at positions 0 and up. */
  readonly dummy: readonly bigint[];
  readonly blinding: bigint;
  readonly commitment: G1Point;
  /** Inner products of the dummy with every slot and, last, with itself, modulo the scalar field. */
  readonly row: readonly bigint[];
  /** Hides the Gram matrix in its hash. */
  readonly salt: bigint;
}

/** Draws a mask. Fresh for every attempt: the same dummy under two alphas would show twice as much. */
export async function drawMask(
  curve: Curve,
  slots: readonly SlotVector[],
  options: { readonly randomBytes: RandomBytes; readonly signal?: AbortSignal | undefined },
): Promise<GramMask> {
  const { randomBytes, signal } = options;
  const dummy = Array.from({ length: DUMMY_COEFFICIENTS }, () => randomScalar(randomBytes));
  const blinding = randomScalar(randomBytes);
  const salt = randomScalar(randomBytes);
  const row = [
    ...slots.map((slot) => scalarSum(dummy.map((x, j) => x * BigInt(slot?.[j] ?? 0)))),
    scalarSum(dummy.map((x) => x * x)),
  ];
  const vector = await curve.combine([dummy], [1n], { length: DUMMY_COEFFICIENTS });
  const bare = await curve.commitScalars(vector, { signal });
  const commitment = await curve.linearCombination([bare, BLINDING_BASE], [1n, blinding]);
  return { dummy, blinding, commitment, row, salt };
}
