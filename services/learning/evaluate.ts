import { CommonweightError } from "../protocol/errors.ts";
import type { Dataset } from "./dataset.ts";
import { learningErrors } from "./errors.ts";
import { checkParameters } from "./flatten.ts";
import { type ComputeDevice, compileModel } from "./jax.ts";
import { countClasses, type ModelSpec } from "./model-spec.ts";
import { readPadded, requireFit, requireLayers } from "./train-locally.ts";

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

/** Options of {@link evaluate}. */
export interface EvaluateParameters {
  readonly model: ModelSpec;
  readonly parameters: Float32Array;
  readonly dataset: Dataset;
  readonly device?: ComputeDevice;
  readonly signal?: AbortSignal;
}

const EVALUATION_BATCH = 250;

/**
 * Measures accuracy, loss and confusion over a whole data set.
 *
 * @throws CommonweightError CW3002 for a model without layers, CW3003 for wrong parameters, CW3006 when cancelled.
 */
export async function evaluate(options: EvaluateParameters): Promise<Evaluation> {
  const { dataset, parameters, signal } = options;
  const model = requireLayers(options.model);
  checkParameters(model, parameters);
  requireFit(model, dataset);
  const classes = countClasses(model);
  const batchSize = Math.min(EVALUATION_BATCH, dataset.size);
  const compiled = await compileModel(model, { batchSize, device: options.device });
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  let [loss, right] = [0, 0];
  for (let from = 0; from < dataset.size; from += batchSize) {
    if (signal?.aborted) throw new CommonweightError(learningErrors.cancelled);
    const count = Math.min(batchSize, dataset.size - from);
    const indices = Int32Array.from({ length: count }, (_, i) => from + i);
    const batch = await readPadded(dataset, indices, batchSize);
    const logits = await compiled.logits(parameters, batch.inputs);
    for (let row = 0; row < count; row++) {
      const scores = logits.subarray(row * classes, (row + 1) * classes);
      const truth = batch.labels[row] as number;
      const predicted = indexOfLargest(scores);
      (confusion[truth] as number[])[predicted] = (confusion[truth]?.[predicted] ?? 0) + 1;
      if (predicted === truth) right += 1;
      loss += crossEntropy(scores, truth);
    }
  }
  return {
    samples: dataset.size,
    accuracy: right / dataset.size,
    loss: loss / dataset.size,
    confusion,
  };
}

function indexOfLargest(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) {
    if ((values[i] as number) > (values[best] as number)) best = i;
  }
  return best;
}

function crossEntropy(scores: Float32Array, truth: number): number {
  const largest = scores[indexOfLargest(scores)] as number;
  let sum = 0;
  for (const score of scores) sum += Math.exp(score - largest);
  return Math.log(sum) + largest - (scores[truth] as number);
}
