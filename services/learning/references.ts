import { CommonweightError } from "../protocol/errors.ts";
import type { RandomBytes } from "../protocol/scalar.ts";
import type { Dataset } from "./dataset.ts";
import { learningErrors } from "./errors.ts";
import { countLocalSteps, type Hyperparameters } from "./hyperparameters.ts";
import { type ComputeDevice, compileModel } from "./jax.ts";
import type { ModelSpec } from "./model-spec.ts";
import { prepareUpdate } from "./prepare-update.ts";
import { readPadded, requireLayers, trainLocally } from "./train-locally.ts";
import { difference, norm, scaled } from "./vector.ts";

/** Options of {@link computeReferences}. */
export interface ComputeReferencesParameters {
  readonly model: ModelSpec;
  /** The round's global model. */
  readonly parameters: Float32Array;
  /** Clean, balanced samples that decide who is accepted; 100 to 200 are enough. */
  readonly rootSet: Dataset;
  /** Disjoint clean samples that decide pay; 500 or more, every class. */
  readonly paySet: Dataset;
  /** The trainers' settings. */
  readonly hyperparameters: Hyperparameters;
  /** Samples of a typical trainer; with the settings it gives the median trainer's steps. */
  readonly medianTrainerSamples: number;
  /** Steps of the reference over those of the median trainer: 2 to 4 (`rules.md` 7.1). Default 3. */
  readonly stepMultiple?: number;
  readonly fractionBits: number;
  readonly ditherBits?: number;
  readonly seed: string;
  readonly roundIndex?: number;
  /** Rounding and dither: `secureBytes`, seeded in simulations. */
  readonly randomBytes: RandomBytes;
  readonly device?: ComputeDevice;
  readonly signal?: AbortSignal;
}

/** The owner's two slots of a round, in units of `2^-fractionBits`. */
export interface References {
  /** Slot 0: the reference update. */
  readonly r: Int16Array;
  /** Slot 1: the pay gradient, as long as r. */
  readonly g: Int16Array;
  /** Steps r was trained for. */
  readonly referenceSteps: number;
}

const GRADIENT_BATCH = 250;
/** Room below the int16 limit for rounding and dither. */
const LARGEST_ENTRY = 32_000;

/**
 * Computes r and g for a round: r by training on the root set two to four times as long as the median trainer, g by one
 * full-batch gradient step on the pay set, scaled to the length of r. Shares do not depend on the length of g
 * (`rules.md` 11.1), so a g that would leave 16 bits is shortened.
 *
 * @throws CommonweightError CW3401 for a multiple outside 2..4 or a reference of length zero.
 */
export async function computeReferences(options: ComputeReferencesParameters): Promise<References> {
  const { parameters, fractionBits, ditherBits, randomBytes, stepMultiple = 3 } = options;
  if (!(stepMultiple >= 2 && stepMultiple <= 4)) {
    throw new CommonweightError(
      learningErrors.referenceInvalid,
      `${stepMultiple} times the median steps: 2 to 4 filters best`,
    );
  }
  const median = countLocalSteps(options.hyperparameters, options.medianTrainerSamples);
  const referenceSteps = Math.round(stepMultiple * median);
  const trained = await trainLocally({
    ...options,
    dataset: options.rootSet,
    hyperparameters: { ...options.hyperparameters, steps: referenceSteps },
    seed: `${options.seed}/reference`,
  });
  const reference = fitInt16(difference(trained.parameters, parameters), fractionBits);
  const gradient = await meanGradient({ ...options, dataset: options.paySet });
  const length = norm(gradient);
  if (!(norm(reference) > 0 && length > 0)) {
    throw new CommonweightError(
      learningErrors.referenceInvalid,
      "the reference or the gradient is zero",
    );
  }
  const step = fitInt16(scaled(gradient, -norm(reference) / length), fractionBits);
  const integers = (delta: Float32Array) =>
    prepareUpdate({ delta, fractionBits, ditherBits, randomBytes }).update;
  return { r: integers(reference), g: integers(step), referenceSteps };
}

/** Shortens a vector so that no entry is cut when it becomes an int16. */
function fitInt16(delta: Float32Array, fractionBits: number): Float32Array {
  const largest = delta.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const units = largest * 2 ** fractionBits;
  return units > LARGEST_ENTRY ? scaled(delta, LARGEST_ENTRY / units) : delta;
}

/** Gradient of the mean loss over all samples of a data set, batch by batch. */
export async function meanGradient(options: {
  readonly model: ModelSpec;
  readonly parameters: Float32Array;
  readonly dataset: Dataset;
  readonly device?: ComputeDevice;
  readonly signal?: AbortSignal;
}): Promise<Float32Array> {
  const { dataset, parameters } = options;
  const batchSize = Math.min(GRADIENT_BATCH, dataset.size);
  const compiled = await compileModel(requireLayers(options.model), {
    batchSize,
    device: options.device,
  });
  const sum = new Float32Array(parameters.length);
  for (let from = 0; from < dataset.size; from += batchSize) {
    if (options.signal?.aborted) throw new CommonweightError(learningErrors.cancelled);
    const count = Math.min(batchSize, dataset.size - from);
    const indices = Int32Array.from({ length: count }, (_, i) => from + i);
    const batch = await readPadded(dataset, indices, batchSize, 1 / dataset.size);
    const { gradient } = await compiled.lossAndGradient(parameters, batch);
    for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] as number) + (gradient[i] as number);
  }
  return sum;
}
