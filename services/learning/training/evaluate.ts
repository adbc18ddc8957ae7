import { countClasses } from "../model-spec.ts";
import { readScores, type ScoredSamples } from "./read-scores.ts";
import { requireLayers } from "./train-locally.ts";

/** How good a model is on labelled samples. */
export interface Evaluation {
  readonly samples: number;
  /** Share of samples whose largest logit is at the true class, 0..1. */
  readonly accuracy: number;
  /** Mean cross-entropy in nats. */
  readonly loss: number;
  /** `confusion[truth][prediction]` counts samples. */
  readonly confusion: readonly (readonly number[])[];
}

/**
 * Measures accuracy, loss and confusion over a whole data set.
 *
 * @throws CommonweightError CW3002 for a model without layers, CW3003 for wrong parameters, CW3006 when cancelled.
 */
export async function evaluate(options: ScoredSamples): Promise<Evaluation> {
  const { size } = options.dataset;
  const classes = countClasses(requireLayers(options.model));
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  let [loss, right] = [0, 0];
  for await (const { truth, predicted, scores } of readScores(options)) {
    (confusion[truth] as number[])[predicted] = (confusion[truth]?.[predicted] ?? 0) + 1;
    if (predicted === truth) right += 1;
    loss += crossEntropy(scores, truth, predicted);
  }
  return { samples: size, accuracy: right / size, loss: loss / size, confusion };
}

function crossEntropy(scores: Float32Array, truth: number, largestAt: number): number {
  const largest = scores[largestAt] as number;
  let sum = 0;
  for (const score of scores) sum += Math.exp(score - largest);
  return Math.log(sum) + largest - (scores[truth] as number);
}
