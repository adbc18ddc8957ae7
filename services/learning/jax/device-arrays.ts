import { numpy as np } from "@jax-js/jax";
import type { TensorPlace } from "../model-spec.ts";

/**
 * An array on the device. jax-js counts references: each use of an array consumes it, `.ref` keeps it, and what is left over has to be
 * disposed.
 */
export type Tensor = np.Array;

/** Flat parameters as the tensors of a model. */
export function upload(places: readonly TensorPlace[], flat: Float32Array): Tensor[] {
  return places.map(({ shape, offset, length }) =>
    deviceArray(flat.slice(offset, offset + length)).reshape([...shape]),
  );
}

/** The tensors of a model as flat parameters; consumes them. */
export async function download(
  places: readonly TensorPlace[],
  tensors: Tensor[],
): Promise<Float32Array> {
  const last = places.at(-1) as TensorPlace;
  const flat = new Float32Array(last.offset + last.length);
  const parts = await Promise.all(tensors.map((tensor) => tensor.data()));
  places.forEach(({ offset }, i) => {
    flat.set(parts[i] as Float32Array, offset);
  });
  return flat;
}

/** jax-js wants plain buffers; ours never are shared ones. */
export const deviceArray = (values: Float32Array) => np.array(values as Float32Array<ArrayBuffer>);
/** The same arrays to be used once more. */
export const refs = (tensors: readonly Tensor[]) => tensors.map((tensor) => tensor.ref);
/** One number as an array of no dimensions. */
export const scalar = (value: number) => np.array(value);
