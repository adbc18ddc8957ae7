import { CommonweightError } from "../../protocol/errors.ts";
import type { RandomBytes } from "../../protocol/scalar.ts";
import type { Dataset } from "../data/dataset.ts";
import { learningErrors } from "../errors.ts";
import { compileModel } from "../jax/compile-model.ts";
import type { ComputeDevice } from "../jax/compiled-model.ts";
import type { ModelSpec } from "../model-spec.ts";
import type { Hyperparameters } from "./hyperparameters.ts";
import { prepareUpdate } from "./prepare-update.ts";
import { readPadded, requireFit, requireLayers, trainLocally } from "./train-locally.ts";
import { difference, norm, scaled } from "./vector.ts";

/** Options of {@link computeReferences}. */
export interface ComputeReferencesParameters {
  readonly model: ModelSpec;
  /** The round's global model. */
  readonly parameters: Float32Array;
  /** Clean, balanced samples that decide who is accepted; 100 to 200 are enough. */
  readonly rootSet: Dataset;
  /** Disjoint clean samples that decide pay; 500 or more, every class. Null when the project has no pay gradient. */
  readonly paySet: Dataset | null;
  /** The trainers' settings. */
  readonly hyperparameters: Hyperparameters;
  /** Local steps of r, as in the manifest; see `referenceStepsFor`. */
  readonly referenceSteps: number;
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
  /** Slot 1: the pay gradient, as long as r; null when the project has none. */
  readonly g: Int16Array | null;
}

const GRADIENT_BATCH = 250;
/** A shorter gradient is rounding error of float32, and scaling it up would pay by noise. */
const LEAST_GRADIENT = 1e-6;
/** Room below the int16 limit for rounding and dither. */
const LARGEST_ENTRY = 32_000;

/**
 * Computes r and g for a round: r by training on the root set two to four times as long as the median trainer, g by one
 * full-batch gradient step on the pay set, scaled to the length of r. Shares do not depend on the length of g,
 * so a g that would leave 16 bits is shortened.
 *
 * @throws CommonweightError CW3401 for a reference or gradient of length zero.
 */
export async function computeReferences(options: ComputeReferencesParameters): Promise<References> {
  const { parameters, fractionBits, ditherBits, randomBytes, paySet } = options;
  const trained = await trainLocally({
    ...options,
    dataset: options.rootSet,
    hyperparameters: { ...options.hyperparameters, steps: options.referenceSteps },
    seed: `${options.seed}/reference`,
  });
  const integers = (delta: Float32Array) => {
    if (norm(delta) === 0)
      throw new CommonweightError(learningErrors.referenceInvalid, "length zero");
    return prepareUpdate({ delta, fractionBits, ditherBits, randomBytes }).update;
  };
  const reference = fitInt16(difference(trained.parameters, parameters), fractionBits);
  const r = integers(reference);
  if (paySet === null) return { r, g: null };
  const gradient = await meanGradient({ ...options, dataset: paySet });
  const length = norm(gradient);
  if (!(length > LEAST_GRADIENT)) {
    throw new CommonweightError(learningErrors.referenceInvalid, `a gradient of length ${length}`);
  }
  const step = scaled(gradient, -norm(reference) / length);
  return { r, g: integers(fitInt16(step, fractionBits)) };
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
  const model = requireLayers(options.model);
  requireFit(model, dataset);
  const batchSize = Math.min(GRADIENT_BATCH, dataset.size);
  const compiled = await compileModel(model, {
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
