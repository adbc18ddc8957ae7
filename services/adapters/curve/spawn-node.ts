import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { SpawnedWorker } from "./spawned-worker.ts";

/** Cores that this process may use. */
export function coreCount(): number {
  return availableParallelism();
}

/** Starts a worker thread that does not keep the process alive while it is idle. */
export function spawnWorker(): SpawnedWorker {
  // Flags of the parent (a test runner's loaders, say) are none of the worker's business.
  const worker = new Worker(new URL("./worker-node.ts", import.meta.url), { execArgv: [] });
  worker.unref();
  return {
    post: (message) => worker.postMessage(message),
    onAnswer: (listener) => void worker.on("message", listener),
    onFailure: (listener) => void worker.on("error", listener),
    setBusy: (isBusy) => (isBusy ? worker.ref() : worker.unref()),
    terminate: async () => void (await worker.terminate()),
  };
}
