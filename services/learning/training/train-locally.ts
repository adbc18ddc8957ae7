import { CommonweightError } from "../../protocol/errors.ts";
import { countValues } from "../count-values.ts";
import type { Dataset } from "../data/dataset.ts";
import { isOtherOrder, shapeMismatch } from "../data/reshape-to-model.ts";
import { learningErrors } from "../errors.ts";
import { compileModel } from "../jax/compile-model.ts";
import type { ComputeDevice, PaddedBatch } from "../jax/compiled-model.ts";
import type { LayeredModelSpec, ModelSpec } from "../model-spec.ts";
import { seededRandom, shuffledIndices } from "../random.ts";
import { requireComputable } from "./batch-effort.ts";
import { checkParameters } from "./flatten.ts";
import {
  checkHyperparameters,
  countLocalSteps,
  type Hyperparameters,
  learningRateOf,
} from "./hyperparameters.ts";

/** Told after every batch; `loss` is the latest one read, which may lie a few batches back. */
export interface TrainingProgress {
  readonly step: number;
  readonly steps: number;
  readonly loss: number;
}

/** Options of {@link trainLocally}. */
export interface TrainLocallyParameters {
  readonly model: ModelSpec;
  /** Start: the round's global model. Not changed. */
  readonly parameters: Float32Array;
  readonly dataset: Dataset;
  readonly hyperparameters: Hyperparameters;
  /** Order of the samples; the same seed and device repeat a training exactly. */
  readonly seed: string;
  /** For the learning-rate schedule; 0 by default. */
  readonly roundIndex?: number;
  readonly device?: ComputeDevice;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TrainingProgress) => void;
}

/** What a training reports about itself. */
export interface TrainingMetrics {
  readonly steps: number;
  readonly samplesSeen: number;
  /** Mean loss of the first and of the last tenth of the batches. */
  readonly firstLoss: number;
  readonly lastLoss: number;
  readonly seconds: number;
}

/**
 * Losses are read in groups: waiting for each would stop the device after every batch. Nothing else of this thread happens while a
 * group is computed, so slow batches are read in smaller ones, that a cancelled training ends soon.
 */
const MOST_READ_AT_ONCE = 16;
const LONGEST_GROUP_MS = 250;

/** @throws CommonweightError CW3002 when the model is only a list of tensors. */
export function requireLayers(model: ModelSpec): LayeredModelSpec {
  if (model.kind === "layers") return model;
  throw new CommonweightError(learningErrors.modelNotBuiltIn);
}

/**
 * Checks that samples can be fed to a model: as many values as it wants; images of one channel may come flat.
 *
 * @throws CommonweightError CW3105 otherwise, and for a data set without samples.
 */
export function requireFit(model: LayeredModelSpec, dataset: Dataset): void {
  const { inputShape } = dataset;
  const isOther = isOtherOrder(inputShape, model.inputShape);
  if (countValues(model.inputShape) !== countValues(inputShape) || isOther) {
    throw new CommonweightError(learningErrors.dataUnfit, shapeMismatch(dataset, model.inputShape));
  }
  if (dataset.size === 0) throw new CommonweightError(learningErrors.dataUnfit, "no samples");
}

/** Sample positions batch by batch: every epoch in a new order; the last batch of an epoch may be short. */
function* sampleOrder(size: number, batchSize: number, seed: string): Generator<Int32Array, never> {
  const random = seededRandom(`commonweight/order/${seed}`);
  for (;;) {
    const order = shuffledIndices(size, random);
    for (let from = 0; from < size; from += batchSize) yield order.subarray(from, from + batchSize);
  }
}

/** Reads samples and pads them to the compiled batch size; each real row weighs `weight` (default: the mean). */
export async function readPadded(
  dataset: Dataset,
  indices: Int32Array,
  batchSize: number,
  weight: number = 1 / indices.length,
): Promise<PaddedBatch> {
  const { inputs, labels } = await dataset.readBatch(indices);
  const rowLength = inputs.length / indices.length;
  const padded = new Float32Array(batchSize * rowLength);
  padded.set(inputs);
  return { inputs: padded, labels, count: indices.length, weight };
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * Trains a copy of the parameters on local data.
 *
 * @throws CommonweightError CW3004 settings out of range, CW3005 loss not finite, CW3006 cancelled, CW3008 a batch that is too large, CW3105 data unfit.
 */
export async function trainLocally(
  options: TrainLocallyParameters,
): Promise<{ parameters: Float32Array; metrics: TrainingMetrics }> {
  const { dataset, hyperparameters, signal, onProgress } = options;
  const model = requireLayers(options.model);
  checkHyperparameters(hyperparameters);
  checkParameters(model, options.parameters);
  requireFit(model, dataset);
  const startedAt = performance.now();
  const batchSize = Math.min(hyperparameters.batchSize, dataset.size);
  requireComputable(model, batchSize);
  const compiled = await compileModel(model, { batchSize, device: options.device });
  const run = compiled.train(options.parameters, {
    kind: hyperparameters.optimiser,
    momentum: hyperparameters.momentum ?? 0,
    proximal: hyperparameters.proximal ?? 0,
    weightDecay: hyperparameters.weightDecay ?? 0,
  });
  const steps = countLocalSteps(hyperparameters, dataset.size);
  const rate = learningRateOf(hyperparameters, options.roundIndex ?? 0);
  const order = sampleOrder(dataset.size, batchSize, options.seed);
  const losses: number[] = [];
  let pending: { loss(): Promise<number>; drop(): void }[] = [];
  let samplesSeen = 0;
  let groupSize = 1;
  let groupStartedAt = startedAt;
  try {
    for (let step = 1; step <= steps; step++) {
      if (signal?.aborted) {
        throw new CommonweightError(learningErrors.cancelled, undefined, { cause: signal.reason });
      }
      const indices = order.next().value;
      pending.push(run.step(await readPadded(dataset, indices, batchSize), rate));
      samplesSeen += indices.length;
      if (pending.length >= groupSize || step === steps) {
        // Reading consumes them, so they must not be dropped again below when a loss is not finite.
        const finished = pending;
        pending = [];
        losses.push(...(await readLosses(finished)));
        // Lets an abort signal, a server's request or a page's painting in between.
        await new Promise((resolve) => setTimeout(resolve, 0));
        const now = performance.now();
        groupSize = nextGroupSize(groupSize, now - groupStartedAt);
        groupStartedAt = now;
      }
      onProgress?.({ step, steps, loss: losses.at(-1) ?? Number.NaN });
    }
    const parameters = await run.parameters();
    if (!parameters.every(Number.isFinite)) throw new CommonweightError(learningErrors.diverged);
    const tenth = Math.max(1, Math.floor(losses.length / 10));
    return {
      parameters,
      metrics: {
        steps,
        samplesSeen,
        firstLoss: mean(losses.slice(0, tenth)),
        lastLoss: mean(losses.slice(-tenth)),
        seconds: (performance.now() - startedAt) / 1000,
      },
    };
  } finally {
    for (const { drop } of pending) drop();
    run.dispose();
  }
}

/** Twice as many batches while they are fast, half as many when the last ones were slow. */
export function nextGroupSize(size: number, tookMs: number): number {
  if (tookMs > LONGEST_GROUP_MS) return Math.max(1, Math.floor(size / 2));
  return tookMs > LONGEST_GROUP_MS / 2 ? size : Math.min(MOST_READ_AT_ONCE, 2 * size);
}

async function readLosses(pending: readonly { loss(): Promise<number> }[]): Promise<number[]> {
  const losses: number[] = [];
  for (const { loss } of pending) losses.push(await loss());
  if (!losses.every(Number.isFinite)) throw new CommonweightError(learningErrors.diverged);
  return losses;
}
