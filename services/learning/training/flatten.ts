import { CommonweightError } from "../../protocol/errors.ts";
import { learningErrors } from "../errors.ts";
import { type ModelSpec, modelTensors } from "../model-spec.ts";
import { nameSome } from "../name-some.ts";

/** Named tensors in float32, as read from or written to safetensors. */
export type NamedTensors = ReadonlyMap<
  string,
  { readonly shape: readonly number[]; readonly values: Float32Array }
>;

function mismatch(message: string): CommonweightError {
  return new CommonweightError(learningErrors.parametersMismatch, message);
}

/**
 * Joins named tensors into the parameter vector, in the order of {@link modelTensors}.
 *
 * @throws CommonweightError CW3003 when a tensor is missing, extra, of another shape, or not finite.
 */
export function flattenTensors(model: ModelSpec, tensors: NamedTensors): Float32Array {
  const places = modelTensors(model);
  const last = places.at(-1);
  const flat = new Float32Array(last ? last.offset + last.length : 0);
  const known = new Set(places.map((place) => place.name));
  const extra = [...tensors.keys()].filter((name) => !known.has(name));
  for (const { name, shape, offset, length } of places) {
    const tensor = tensors.get(name);
    if (!tensor) {
      const instead = extra.length > 0 ? `; there is ${nameSome(extra)}` : "";
      throw mismatch(`tensor ${name} is missing${instead}`);
    }
    if (tensor.shape.join() !== shape.join() || tensor.values.length !== length) {
      throw mismatch(`tensor ${name} has shape [${tensor.shape}], the model wants [${shape}]`);
    }
    if (!tensor.values.every(Number.isFinite)) throw mismatch(`tensor ${name} is not finite`);
    flat.set(tensor.values, offset);
  }
  if (extra.length > 0) throw mismatch(`unknown tensors: ${nameSome(extra)}`);
  return flat;
}

/**
 * Divides a parameter vector into named tensors; values are copies.
 *
 * @throws CommonweightError CW3003 when the length is not the model's parameter count.
 */
export function unflattenTensors(model: ModelSpec, parameters: Float32Array): NamedTensors {
  const places = modelTensors(model);
  checkParameters(model, parameters);
  return new Map(
    places.map(({ name, shape, offset, length }) => [
      name,
      { shape, values: parameters.slice(offset, offset + length) },
    ]),
  );
}

/** @throws CommonweightError CW3003 when the vector's length is not the model's parameter count. */
export function checkParameters(model: ModelSpec, parameters: { readonly length: number }): void {
  const expected = modelTensors(model).reduce((sum, tensor) => sum + tensor.length, 0);
  if (parameters.length !== expected) {
    throw mismatch(`${parameters.length} parameters, the model has ${expected}`);
  }
}
