import { SCALAR_FIELD } from "./curve.ts";
import { CommonweightError } from "./errors.ts";
import { ruleErrors } from "./rule-errors.ts";

/** A model in integers with the blinding of its commitment. */
export interface BlindedModel {
  /** Parameters at scale `2^-(fractionBits + 10)`. */
  readonly integers: Int32Array;
  readonly blinding: bigint;
}

/** A trainer's part in a new model. */
export interface WeightedUpdate {
  readonly update: Int16Array;
  readonly blinding: bigint;
  /** 0 to 1024; the weights of a round sum to 1024. */
  readonly weight: number;
}

/**
 * The aggregate of a round: `sum_i weight_i * update_i`, exactly, with the blinding of its commitment.
 *
 * @param parameterCount Length of the result, also when no update has a weight.
 */
export function aggregateUpdates(
  updates: readonly WeightedUpdate[],
  parameterCount: number,
): BlindedModel {
  // |entry| <= 1024 * 2^15 = 2^25: no overflow, as long as the weights sum to at most 1024.
  const integers = new Int32Array(parameterCount);
  let blinding = 0n;
  for (const { update, blinding: own, weight } of updates) {
    if (weight === 0) continue;
    if (update.length !== parameterCount) {
      throw new CommonweightError(ruleErrors.gramMalformed, "an update of another length");
    }
    for (let index = 0; index < parameterCount; index++) {
      integers[index] = (integers[index] as number) + weight * (update[index] as number);
    }
    blinding = (blinding + BigInt(weight) * own) % SCALAR_FIELD;
  }
  return { integers, blinding };
}

/**
 * The new model: `model + aggregate`, entry by entry, blindings likewise; its commitment is the sum of theirs.
 *
 * @throws CommonweightError CW1001 when an entry would leave int32, so that the model could not be stored exactly.
 */
export function applyAggregate(model: BlindedModel, aggregate: BlindedModel): BlindedModel {
  const integers = new Int32Array(model.integers.length);
  for (let index = 0; index < integers.length; index++) {
    const sum = (model.integers[index] as number) + (aggregate.integers[index] as number);
    if (sum !== (sum | 0)) {
      throw new CommonweightError(
        ruleErrors.gramMalformed,
        `parameter ${index} would be ${sum}, outside int32: use fewer fraction bits`,
      );
    }
    integers[index] = sum;
  }
  return { integers, blinding: (model.blinding + aggregate.blinding) % SCALAR_FIELD };
}

/** What a later model has beyond an earlier one: slot p of the next round, with its blinding. */
export function modelDifference(later: BlindedModel, earlier: BlindedModel): BlindedModel {
  const integers = later.integers.map(
    (value, index) => value - (earlier.integers[index] as number),
  );
  const blinding = (later.blinding - earlier.blinding + SCALAR_FIELD) % SCALAR_FIELD;
  return { integers, blinding };
}
