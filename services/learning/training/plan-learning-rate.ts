import type { HyperparameterBounds } from "./hyperparameters.ts";

/** A loss must fall by this part to count as better; less is noise of a round. */
const LEAST_GAIN = 0.01;
/** So many models in a row without a better one, and the steps were too long. */
const PATIENCE = 2;
const FACTOR = 0.5;

/**
 * The learning rate for the next round, from how good every model so far was: halved whenever two models in a row are no better than
 * the best before them, and never outside the owner's bounds. Looks at the whole history each time, so that a restart changes nothing.
 *
 * @param losses Validation losses of all models, the initial one first.
 *
 * @example
 * planLearningRate(0.1, [0.01, 0.1], [2.3, 1.1, 1.2, 1.1]); // 0.05
 */
export function planLearningRate(
  learningRate: number,
  [lowest]: HyperparameterBounds["learningRate"],
  losses: readonly number[],
): number {
  let planned = learningRate;
  let best = Number.POSITIVE_INFINITY;
  let worse = 0;
  for (const loss of losses) {
    // A model that has diverged has no loss at all.
    const isBetter = loss < best * (1 - LEAST_GAIN);
    worse = isBetter ? 0 : worse + 1;
    if (isBetter) best = loss;
    if (worse < PATIENCE) continue;
    planned = Math.max(lowest, planned * FACTOR);
    worse = 0;
  }
  return planned;
}
