import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { buildWasmProgram } from "../../services/adapters/curve/wasm-program.ts";
import { type GroupName, type MultiplyTask, pointBytes } from "./fixed-base.ts";

/** What a worker gets. */
export interface MultiplyJob {
  readonly module: WebAssembly.Module;
  readonly task: MultiplyTask;
}

// Tables take half a second: below this a second thread costs more than it saves.
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
  const { bn, module } = await buildWasmProgram();
  const generator = bn[group].toAffine(bn[group].g).slice();
  const threads = Math.max(
    1,
    Math.min(availableParallelism(), Math.ceil(scalars.length / LEAST_PER_THREAD)),
  );
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
