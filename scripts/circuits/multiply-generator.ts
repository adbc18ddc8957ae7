import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { buildWasmProgram } from "../../services/adapters/curve/wasm-program.ts";
import { type GroupName, type MultiplyTask, multiplyHere, pointBytes } from "./fixed-base.ts";

/** What a worker gets. */
export interface MultiplyJob {
  readonly module: WebAssembly.Module;
  readonly task: MultiplyTask;
}

// Building the program takes a tenth of a second, and a key needs it a dozen times.
let program: ReturnType<typeof buildWasmProgram> | undefined;

// Below this a second thread, which has to make its own tables, costs more than it saves.
const LEAST_PER_THREAD = 4096;

/**
 * Multiplies a group's generator by each of the scalars, on all cores.
 *
 * @returns Affine points in Montgomery form, as `.zkey` and `.ptau` files store them; zeros for infinity.
 */
export async function multiplyGenerator(
  group: GroupName,
  scalars: readonly bigint[],
): Promise<Uint8Array<ArrayBuffer>> {
  program ??= buildWasmProgram();
  const { bn, module } = await program;
  const generator = bn[group].toAffine(bn[group].g).slice();
  if (scalars.length <= LEAST_PER_THREAD) {
    return await multiplyHere(module, { group, generator, scalars });
  }
  const threads = Math.min(availableParallelism(), Math.ceil(scalars.length / LEAST_PER_THREAD));
  const each = Math.ceil(scalars.length / threads);
  const parts = await Promise.all(
    Array.from({ length: threads }, (_, thread) => {
      const part = scalars.slice(thread * each, (thread + 1) * each);
      return runWorker({ module, task: { group, generator, scalars: part } });
    }),
  );
  const points = new Uint8Array(scalars.length * pointBytes(group));
  for (const [thread, part] of parts.entries()) points.set(part, thread * each * pointBytes(group));
  return points;
}

function runWorker(workerData: MultiplyJob): Promise<Uint8Array> {
  const worker = new Worker(new URL("./multiply-worker.ts", import.meta.url), {
    workerData,
    execArgv: [],
  });
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`a worker ended with ${code}`)));
  });
}
