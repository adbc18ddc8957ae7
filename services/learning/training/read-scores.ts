import { CommonweightError } from "../../protocol/errors.ts";
import type { Dataset } from "../data/dataset.ts";
import { learningErrors } from "../errors.ts";
import { compileModel } from "../jax/compile-model.ts";
import type { ComputeDevice } from "../jax/compiled-model.ts";
import { countClasses, type ModelSpec } from "../model-spec.ts";
import { checkParameters } from "./flatten.ts";
import { readPadded, requireFit, requireLayers } from "./train-locally.ts";

/** A model, and the samples that it is shown. */
export interface ScoredSamples {
  readonly model: ModelSpec;
  readonly parameters: Float32Array;
  readonly dataset: Dataset;
  readonly device?: ComputeDevice | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a model says of one sample. */
export interface SampleScores {
  /** Position of the sample in the data set. */
  readonly sample: number;
  /** The class that the data set gives it. */
  readonly truth: number;
  /** The class with the largest score; the first of equal ones. */
  readonly predicted: number;
  /** A logit for each class; overwritten for the next batch. */
  readonly scores: Float32Array;
}

const BATCH = 250;

/**
 * Shows a model every sample of a data set, in its order.
 *
 * @throws CommonweightError CW3002 for a model without layers, CW3003 for wrong parameters, CW3006 when cancelled.
 */
export async function* readScores(options: ScoredSamples): AsyncGenerator<SampleScores> {
  const { dataset, parameters, signal } = options;
  const model = requireLayers(options.model);
  checkParameters(model, parameters);
  requireFit(model, dataset);
  const classes = countClasses(model);
  const batchSize = Math.min(BATCH, dataset.size);
  const compiled = await compileModel(model, { batchSize, device: options.device });
  for (let from = 0; from < dataset.size; from += batchSize) {
    if (signal?.aborted) throw new CommonweightError(learningErrors.cancelled);
    const count = Math.min(batchSize, dataset.size - from);
    const indices = Int32Array.from({ length: count }, (_, i) => from + i);
    const batch = await readPadded(dataset, indices, batchSize);
    const logits = await compiled.logits(parameters, batch.inputs);
    for (let row = 0; row < count; row++) {
      const scores = logits.subarray(row * classes, (row + 1) * classes);
      const [sample, truth] = [from + row, batch.labels[row] as number];
      yield { sample, truth, predicted: indexOfLargest(scores), scores };
    }
  }
}

function indexOfLargest(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) {
    if ((values[i] as number) > (values[best] as number)) best = i;
  }
  return best;
}
