import { CommonweightError } from "../../protocol/errors.ts";
import { countValues } from "../count-values.ts";
import { learningErrors } from "../errors.ts";
import { type LayeredModelSpec, layerShapes, modelTensors } from "../model-spec.ts";

/** What one step of training on a batch asks of a machine, roughly. */
export interface BatchEffort {
  /** Multiplications, forth and back. */
  readonly multiplications: number;
  /** Numbers of four bytes that are held at the same time. */
  readonly values: number;
}

/** Nothing else happens while a batch is computed, and nobody can stop it: about half a minute on two cores. */
const MOST_MULTIPLICATIONS = 5e11;
/** Half of what WebAssembly can address. */
const MOST_VALUES = 2 ** 29;

/** @throws CommonweightError CW3001 when layers do not fit together. */
export function batchEffort(model: LayeredModelSpec, batchSize: number): BatchEffort {
  const tensors = modelTensors(model);
  const parameters = tensors.reduce((sum, { length }) => sum + length, 0);
  const weights = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  let [multiplications, values] = [0, countValues(model.inputShape)];
  layerShapes(model).forEach((shape, index) => {
    // Each weight of a convolution is used once at each place of its output; a dense layer has one place.
    const places = countValues(shape.slice(1));
    const weight = weights.get(`layers.${index}.weight`);
    multiplications += (weight?.length ?? 0) * places;
    // The inputs of each place are copied out for a convolution.
    values += 2 * countValues(shape) + (weight === undefined ? 0 : weight.fanIn * places);
  });
  return {
    multiplications: 3 * batchSize * multiplications,
    values: batchSize * values + 4 * parameters,
  };
}

/**
 * Refuses what this machine could not be stopped in, or has no memory for: manifests come from strangers.
 *
 * @throws CommonweightError CW3008 with an estimate.
 */
export function requireComputable(model: LayeredModelSpec, batchSize: number): void {
  const { multiplications, values } = batchEffort(model, batchSize);
  if (multiplications <= MOST_MULTIPLICATIONS && values <= MOST_VALUES) return;
  throw new CommonweightError(
    learningErrors.batchTooLarge,
    `a batch of ${batchSize} samples takes about ${Math.ceil(multiplications / 1e9)} thousand million multiplications and ${Math.ceil((4 * values) / 2 ** 30)} GiB of memory; at most ${MOST_MULTIPLICATIONS / 1e9} and ${(4 * MOST_VALUES) / 2 ** 30} are taken`,
  );
}
