import type { SpawnedWorker } from "./spawned-worker.ts";

/** Cores that the browser admits to. */
export function coreCount(): number {
  return navigator.hardwareConcurrency || 2;
}

/** Starts a dedicated worker. */
export function spawnWorker(): SpawnedWorker {
  const worker = new Worker(new URL("./worker-browser.ts", import.meta.url), { type: "module" });
  return {
    post: (message) => worker.postMessage(message),
    onAnswer: (listener) =>
      worker.addEventListener("message", (event) => listener((event as MessageEvent).data)),
    onFailure: (listener) =>
      worker.addEventListener("error", (event) => listener(new Error(event.message))),
    setBusy: () => {},
    terminate: async () => worker.terminate(),
  };
}
