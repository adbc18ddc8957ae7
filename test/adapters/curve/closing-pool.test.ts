import { expect, test, vi } from "vitest";
import type { SpawnedWorker } from "../../../services/adapters/curve/spawned-worker.ts";
import type { WorkerAnswer } from "../../../services/adapters/curve/task-messages.ts";
import { openWorkerPool } from "../../../services/adapters/curve/worker-pool.ts";

/** A worker that answers when it is told to, as threads do when the machine lets them. */
const worker = vi.hoisted(() => ({
  keepsProcess: false,
  answer: (_: WorkerAnswer): void => {},
  ended: Promise.withResolvers<void>(),
}));
vi.mock("../../../services/adapters/curve/spawn-node.ts", () => ({
  coreCount: () => 1,
  spawnWorker: (): SpawnedWorker => ({
    post: () => {},
    onAnswer: (listener) => {
      worker.answer = listener;
    },
    onFailure: () => {},
    setBusy: (isBusy) => {
      worker.keepsProcess = isBusy;
    },
    terminate: () => worker.ended.promise,
  }),
}));
const STARTED: WorkerAnswer = { isDone: true, result: new Uint8Array(0) };

test("a worker that answers while its pool is closed keeps the process alive until it has ended: it was let go, and whole commands with it", async () => {
  const pool = await openWorkerPool({ module: {} as WebAssembly.Module });

  const closing = pool.close();
  worker.answer(STARTED);

  expect(worker.keepsProcess).toBe(true);
  worker.ended.resolve();
  await closing;
});

test("a worker that has nothing to do keeps no process alive", async () => {
  await openWorkerPool({ module: {} as WebAssembly.Module });
  expect(worker.keepsProcess).toBe(true);

  worker.answer(STARTED);

  expect(worker.keepsProcess).toBe(false);
});
