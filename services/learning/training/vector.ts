/** Length of a vector (Euclidean norm). */
export function norm(values: ArrayLike<number>): number {
  return Math.sqrt(dot(values, values));
}

/** Inner product in double precision. */
export function dot(left: ArrayLike<number>, right: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < left.length; i++) sum += (left[i] as number) * (right[i] as number);
  return sum;
}

/** `left - right`, for example what training changed. */
export function difference(left: Float32Array, right: Float32Array): Float32Array {
  return left.map((value, i) => value - (right[i] as number));
}

/** `values` times a number. */
export function scaled(values: Float32Array, factor: number): Float32Array {
  return values.map((value) => value * factor);
}

/** A copy no longer than `bound`, in the same direction. */
export function clippedTo(values: Float32Array, bound: number): Float32Array {
  const length = norm(values);
  return length > bound ? scaled(values, bound / length) : values.slice();
}
