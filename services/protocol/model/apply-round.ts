import { SCALAR_FIELD } from "../curve.ts";
import { aggregateUpdates, appliedModel } from "./fixed-point.ts";

/** A model, or what is added to one, in integers with the blinding of its commitment. */
export interface BlindedModel {
  /** Parameters at scale `2^-(fractionBits + 10)`. */
  readonly integers: Int32Array;
  readonly blinding: bigint;
}

/** A trainer's part in a new model; `update` is null for a slot that is not active. */
export interface WeightedUpdate {
  readonly update: Int16Array | null;
  readonly blinding: bigint;
  /** 0 to 1024; the weights of a round sum to 1024. */
  readonly weight: number;
}

/**
 * The aggregate of a round with the blinding of its commitment: both are the same weighted sum, because
 * commitments add up.
 *
 * @param parameterCount Length of the result, also when no update has a weight.
 * @throws CommonweightError CW1103 when an update has another length, CW1102 when an entry leaves int32.
 */
export function blindedAggregate(
  updates: readonly WeightedUpdate[],
  parameterCount: number,
): BlindedModel {
  const integers = aggregateUpdates({
    updates: updates.map(({ update }) => update),
    weights: updates.map(({ weight }) => weight),
    parameterCount,
  });
  const blinding = updates.reduce(
    (sum, each) => (sum + BigInt(each.weight) * each.blinding) % SCALAR_FIELD,
    0n,
  );
  return { integers, blinding };
}

/** The new model: `model + aggregate`, blindings likewise; its commitment is the sum of theirs. */
export function applyAggregate(model: BlindedModel, aggregate: BlindedModel): BlindedModel {
  return {
    integers: appliedModel(model.integers, aggregate.integers),
    blinding: (model.blinding + aggregate.blinding) % SCALAR_FIELD,
  };
}

/** What a later model has beyond an earlier one: slot p of the next round, with its blinding. */
export function modelDifference(later: BlindedModel, earlier: BlindedModel): BlindedModel {
  const integers = later.integers.map(
    (value, index) => value - (earlier.integers[index] as number),
  );
  const blinding = (later.blinding - earlier.blinding + SCALAR_FIELD) % SCALAR_FIELD;
  return { integers, blinding };
}
