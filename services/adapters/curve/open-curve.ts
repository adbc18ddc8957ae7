import type { Curve, LongCallOptions } from "../../protocol/curve.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { autocorrelation } from "./autocorrelation.ts";
import { multiplyIntegers, multiplyScalars } from "./commit.ts";
import { developmentPowers } from "./development-powers.ts";
import { curveErrors } from "./errors.ts";
import { createPointArithmetic } from "./point-arithmetic.ts";
import { combineVectors, divideVectors, evaluateVector, reverseVector } from "./polynomials.ts";
import { buildWasmProgram } from "./wasm-program.ts";
import { openWorkerPool } from "./worker-pool.ts";

/** Where the powers of tau come from, and how much of the machine to use. */
export interface OpenCurveOptions extends LongCallOptions {
  readonly srsPath?: string | undefined;
  readonly srsBytes?: Uint8Array | undefined;
  readonly parameterCount: number;
  readonly cacheDir?: string | undefined;
  readonly threads?: number | undefined;
}

/** Opens the curve. */
export async function openCurve(options: OpenCurveOptions): Promise<Curve & AsyncDisposable> {
  const { parameterCount } = options;
  const { bn, module } = await buildWasmProgram();
  const pool = await openWorkerPool({ module, threads: options.threads });
  const powers = await developmentPowers(bn, pool, parameterCount, options);
  const basesFor = (length: number) => {
    if (length > parameterCount) throw new CommonweightError(curveErrors.vectorTooLong);
    return { bn, pool, bases: powers.g1.subarray(0, length * 64) };
  };
  return {
    ...createPointArithmetic(bn, powers.tauG2),
    parameterCount,
    tauG2: powers.tauG2,
    commitIntegers: async (values, long) => multiplyIntegers(basesFor(values.length), values, long),
    commitScalars: async (vector, long) =>
      multiplyScalars(basesFor(vector.length), vector.bytes, long),
    async combine(vectors, weights, long) {
      const bytes = await combineVectors(pool, vectors, weights, long);
      return { length: long.length, bytes };
    },
    async autocorrelation(vector, long) {
      return { length: vector.length, bytes: await autocorrelation(pool, vector.bytes, long) };
    },
    async reverse(vector) {
      return { length: vector.length, bytes: reverseVector(vector.bytes) };
    },
    evaluate: (vector, points) => evaluateVector(pool, vector.bytes, points),
    async openingQuotient(vectors, weights, point, long) {
      const bytes = vectors.map((vector) => vector.bytes);
      const quotient = await divideVectors(pool, bytes, weights, point, long);
      return { length: vectors[0]?.length ?? 0, bytes: quotient };
    },
    [Symbol.asyncDispose]: () => pool.close(),
  };
}
