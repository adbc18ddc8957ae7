import type { Bn128 } from "ffjavascript";
import type { Curve } from "../../protocol/curve.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { autocorrelation } from "./autocorrelation.ts";
import { multiplyIntegers, multiplyScalars } from "./commit.ts";
import type { PowersOfTau } from "./development-powers.ts";
import { curveErrors } from "./errors.ts";
import { loadPowers, type PowersSource } from "./load-powers.ts";
import { createPointArithmetic } from "./point-arithmetic.ts";
import { combineVectors, divideVectors, evaluateVector, reverseVector } from "./polynomials.ts";
import { buildWasmProgram } from "./wasm-program.ts";
import { openWorkerPool, type WorkerPool } from "./worker-pool.ts";

/** The compiled program and the threads that run it: a curve without powers, for whoever does not know yet how many it needs. */
export interface CurveEngine extends AsyncDisposable {
  readonly bn: Bn128;
  readonly pool: WorkerPool;
}

/** Where the powers of tau come from, and how much of the machine to use. */
export interface OpenCurveOptions extends PowersSource {
  /** Worker threads; all cores when left out. */
  readonly threads?: number | undefined;
  /** Runs on this engine, which stays its owner's to end: several curves may share it. `threads` does not count then. */
  readonly engine?: CurveEngine | undefined;
}

/** Starts an engine for {@link openCurve}. Dispose of it after the curves on it. @param options.threads All cores when left out. */
export async function startCurveEngine(options: {
  readonly threads?: number | undefined;
}): Promise<CurveEngine> {
  const { bn, module } = await buildWasmProgram();
  const pool = await openWorkerPool({ module, threads: options.threads });
  return { bn, pool, [Symbol.asyncDispose]: () => pool.close() };
}

/**
 * Opens the curve with `parameterCount` powers of tau: from a `.ptau` file (`srsPath`, or `srsBytes` in the browser),
 * checked before first use, or else development powers, whose secret is public. One curve serves the whole program;
 * dispose of it at the end.
 *
 * @throws CommonweightError CW2002 to CW2004 for a bad file.
 */
export async function openCurve(options: OpenCurveOptions): Promise<Curve & AsyncDisposable> {
  const { bn, pool } = options.engine ?? (await startCurveEngine(options));
  const end = async () => {
    if (options.engine === undefined) await pool.close();
  };
  try {
    const curve = createCurve(bn, pool, await loadPowers(bn, pool, options));
    return { ...curve, [Symbol.asyncDispose]: end };
  } catch (error) {
    await end();
    throw error;
  }
}

function createCurve(bn: Bn128, pool: WorkerPool, powers: PowersOfTau): Curve {
  const parameterCount = powers.g1.byteLength / 64;
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
  };
}
