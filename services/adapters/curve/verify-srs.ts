import type { G2Point } from "../../protocol/curve.ts";
import { loadPowers, type PowersSource } from "./load-powers.ts";
import { buildWasmProgram } from "./wasm-program.ts";
import { openWorkerPool } from "./worker-pool.ts";

/** A `.ptau` file and how much of it to check. */
export type VerifySrsOptions = Omit<PowersSource, "cacheDir"> & {
  readonly threads?: number | undefined;
};

/**
 * Checks the first `parameterCount` powers of a `.ptau` file, whether or not they were checked before.
 *
 * @returns tau in G2, which the verifying contract of this setup must have.
 * @throws CommonweightError CW2002, CW2003 or CW2004.
 */
export async function verifySrs({ threads, ...source }: VerifySrsOptions): Promise<G2Point> {
  const { bn, module } = await buildWasmProgram();
  const pool = await openWorkerPool({ module, threads });
  try {
    return (await loadPowers(bn, pool, source)).tauG2;
  } finally {
    await pool.close();
  }
}
