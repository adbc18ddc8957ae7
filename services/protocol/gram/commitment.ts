import type { Curve, G1Point, LongCallOptions, PointArithmetic } from "../curve.ts";
import { BLINDING_BASE } from "./blinding-base.ts";

/** An update of a trainer and the blinding that hides it. */
export interface CommitUpdateParameters extends LongCallOptions {
  /** The quantised update; its length is the project's parameter count. */
  readonly update: Int16Array;
  /** Uniform below the scalar field's order; keep it secret until the commit phase has closed. */
  readonly blinding: bigint;
}

/** A model in integers and the blinding of its commitment. */
export interface CommitModelParameters extends LongCallOptions {
  /** Parameters at scale `2^-(fractionBits + 10)`. */
  readonly model: Int32Array;
  readonly blinding: bigint;
}

async function blind(
  arithmetic: PointArithmetic,
  commitment: G1Point,
  blinding: bigint,
): Promise<G1Point> {
  return arithmetic.linearCombination([commitment, BLINDING_BASE], [1n, blinding]);
}

/**
 * Commits to an update: `sum_j update[j] * [tau^j] + blinding * H`.
 *
 * Hiding perfectly, binding as long as nobody knows tau; additive, so that the chain can add commitments.
 */
export async function commitUpdate(
  curve: Curve,
  { update, blinding, ...options }: CommitUpdateParameters,
): Promise<G1Point> {
  return blind(curve, await curve.commitIntegers(update, options), blinding);
}

/** Commits to a model: `sum_j model[j] * [tau^j] + blinding * H`. */
export async function commitModel(
  curve: Curve,
  { model, blinding, ...options }: CommitModelParameters,
): Promise<G1Point> {
  return blind(curve, await curve.commitIntegers(model, options), blinding);
}
