import type { LongCallOptions } from "../../protocol/curve.ts";
import { SCALAR_FIELD } from "../../protocol/curve.ts";
import { scalarPower, toScalar } from "../../protocol/scalar.ts";
import { montgomeryBytes, montgomeryNumber } from "./scalar-bytes.ts";
import { allocateShared, portion } from "./shared-bytes.ts";
import type { WorkerPool } from "./worker-pool.ts";

const BYTES = 32;
/** Entries a task: small enough for the cache and for prompt aborts. */
const PIECE = 2 ** 15;

function pieces(length: number): { from: number; to: number }[] {
  return Array.from({ length: Math.ceil(length / PIECE) }, (_, index) => ({
    from: index * PIECE,
    to: Math.min((index + 1) * PIECE, length),
  }));
}

/** `sum_i weights[i] * vectors[i]`; lists of bigints are short and are added at the front. */
export async function combineVectors(
  pool: WorkerPool,
  vectors: readonly (Int16Array | Int32Array | readonly bigint[])[],
  weights: readonly bigint[],
  { length, signal }: LongCallOptions & { readonly length: number },
): Promise<Uint8Array> {
  const integers = vectors.flatMap((vector, index) =>
    vector instanceof Int16Array || vector instanceof Int32Array
      ? [{ vector, weight: montgomeryBytes(weights[index] as bigint) }]
      : [],
  );
  const out = allocateShared(length * BYTES);
  if (integers.length > 0) {
    await Promise.all(
      pieces(length).map(async ({ from, to }) => {
        const task = {
          vectors: integers.map(({ vector }) => vector.slice(from, to)),
          weights: integers.map(({ weight }) => weight),
          length: to - from,
        };
        out.set(await pool.run("combine", task, signal), from * BYTES);
      }),
    );
  }
  for (const [index, vector] of vectors.entries()) {
    if (vector instanceof Int16Array || vector instanceof Int32Array) continue;
    for (const [place, value] of vector.entries()) {
      const old = montgomeryNumber(out.subarray(place * BYTES, (place + 1) * BYTES));
      const sum = toScalar(old + value * (weights[index] as bigint));
      out.set(montgomeryBytes(sum), place * BYTES);
    }
  }
  return out;
}

/** The entries in opposite order. */
export function reverseVector(vector: Uint8Array): Uint8Array {
  const words = new BigUint64Array(vector.buffer, vector.byteOffset, vector.byteLength / 8);
  const copy = allocateShared(vector.byteLength);
  const out = new BigUint64Array(copy.buffer);
  for (let from = 0, to = out.length - 4; to >= 0; from += 4, to -= 4) {
    for (let word = 0; word < 4; word++) out[to + word] = words[from + word] as bigint;
  }
  return copy;
}

/** The polynomial's values at the points. */
export async function evaluateVector(
  pool: WorkerPool,
  vector: Uint8Array,
  points: readonly bigint[],
  signal?: AbortSignal,
): Promise<bigint[]> {
  const encoded = points.map(montgomeryBytes);
  const parts = await Promise.all(
    pieces(vector.byteLength / BYTES).map(({ from, to }) => {
      const coefficients = portion(vector, from * BYTES, to * BYTES);
      return pool.run("evaluate", { coefficients, points: encoded }, signal);
    }),
  );
  return points.map((point, index) => {
    const step = scalarPower(point, BigInt(PIECE));
    return parts.reduceRight((value, part) => {
      const own = montgomeryNumber(part.subarray(index * BYTES, (index + 1) * BYTES));
      return (value * step + own) % SCALAR_FIELD;
    }, 0n);
  });
}

/**
 * `(P - P(point)) / (X - point)` for `P = sum_i weights[i] * vectors[i]`. Every piece is first evaluated on its own, so
 * that all pieces can then be divided at the same time.
 */
export async function divideVectors(
  pool: WorkerPool,
  vectors: readonly Uint8Array[],
  weights: readonly bigint[],
  point: bigint,
  { signal }: LongCallOptions = {},
): Promise<Uint8Array> {
  const length = (vectors[0] as Uint8Array).byteLength / BYTES;
  const plan = pieces(length).map(({ from, to }) => ({
    from,
    task: {
      vectors: vectors.map((vector) => portion(vector, from * BYTES, to * BYTES)),
      weights: weights.map(montgomeryBytes),
      point: montgomeryBytes(point),
    },
  }));
  const values = await Promise.all(
    plan.map(({ task }) => pool.run("divide", { ...task, carry: null }, signal)),
  );
  const step = scalarPower(point, BigInt(PIECE));
  const carries: bigint[] = [];
  let carry = 0n;
  for (let index = plan.length - 1; index >= 0; index--) {
    carries[index] = carry;
    carry = (carry * step + montgomeryNumber(values[index] as Uint8Array)) % SCALAR_FIELD;
  }
  const out = allocateShared(length * BYTES);
  await Promise.all(
    plan.map(async ({ from, task }, index) => {
      const piece = { ...task, carry: montgomeryBytes(carries[index] as bigint) };
      out.set(await pool.run("divide", piece, signal), from * BYTES);
    }),
  );
  return out;
}
