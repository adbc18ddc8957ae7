import { CommonweightError } from "../../protocol/errors.ts";
import { curveErrors } from "./errors.ts";
import type { SpawnedWorker } from "./spawned-worker.ts";
import type { WorkerRequest } from "./task-messages.ts";
import type { TaskInput, TaskName } from "./tasks/run-task.ts";

/** Runs tasks on a fixed number of workers, first come, first served. */
export interface WorkerPool {
  readonly threads: number;
  /**
   * Queues one task. On abort the promise rejects at once with the signal's reason: a task that has not started never
   * does, one that has is finished and thrown away.
   *
   * @throws CommonweightError CW2005 after `close`, CW2006 when the worker fails (usually for memory).
   */
  run<Name extends TaskName>(
    name: Name,
    input: TaskInput<Name>,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>>;
  /** Stops all workers; queued tasks reject with CW2005. */
  close(): Promise<void>;
}

interface Job {
  readonly request: WorkerRequest;
  readonly signal: AbortSignal | undefined;
  readonly resolve: (result: Uint8Array<ArrayBuffer>) => void;
  readonly reject: (error: unknown) => void;
}

async function loadPlatform() {
  const isNode = typeof process !== "undefined" && Boolean(process.versions?.node);
  return isNode ? import("./spawn-node.ts") : import("./spawn-browser.ts");
}

/** Starts the workers; `threads` is the number of cores when left out. */
export async function openWorkerPool(options: {
  readonly module: WebAssembly.Module;
  readonly threads?: number | undefined;
}): Promise<WorkerPool> {
  const platform = await loadPlatform();
  const threads = Math.max(1, options.threads ?? platform.coreCount());
  const queue: Job[] = [];
  const current = new Map<SpawnedWorker, Job>();
  const idle: SpawnedWorker[] = [];
  const workers: SpawnedWorker[] = [];
  let isClosed = false;
  let isEnding = false;

  function dispatch(): void {
    for (let worker = idle.pop(); worker; worker = idle.pop()) {
      const job = takeJob();
      if (!job) {
        idle.push(worker);
        return;
      }
      current.set(worker, job);
      worker.setBusy(true);
      worker.post(job.request);
    }
  }

  function takeJob(): Job | undefined {
    for (let job = queue.shift(); job; job = queue.shift()) {
      if (!job.signal?.aborted) return job;
    }
    return undefined;
  }

  function start(): void {
    const worker = platform.spawnWorker();
    workers.push(worker);
    worker.onAnswer((answer) => {
      const job = current.get(worker);
      current.delete(worker);
      // One that is being stopped keeps the process alive until it is: who closes a pool waits for that.
      if (isEnding) return;
      worker.setBusy(false);
      idle.push(worker);
      if (answer.isDone) job?.resolve(answer.result);
      else job?.reject(new CommonweightError(curveErrors.workerFailed, answer.message));
      dispatch();
    });
    worker.onFailure((cause) => {
      const job = current.get(worker);
      current.delete(worker);
      workers.splice(workers.indexOf(worker), 1);
      job?.reject(new CommonweightError(curveErrors.workerFailed, cause.message, { cause }));
      if (isClosed) return;
      if (workers.length === 0) failAll(new CommonweightError(curveErrors.workerFailed));
    });
    const ready = { resolve: () => {}, reject: failAll, signal: undefined };
    current.set(worker, { request: { kind: "start", module: options.module }, ...ready });
    // Busy while it starts: tasks may be waiting for it already, with nothing else to keep the process alive.
    worker.setBusy(true);
    worker.post({ kind: "start", module: options.module });
  }

  function failAll(error: unknown): void {
    isClosed = true;
    const jobs = [...queue.splice(0), ...current.values()];
    current.clear();
    for (const job of jobs) job.reject(error);
  }

  for (let index = 0; index < threads; index++) start();

  return {
    threads,
    run(name, input, signal) {
      if (isClosed) return Promise.reject(new CommonweightError(curveErrors.curveClosed));
      if (signal?.aborted) return Promise.reject(signal.reason);
      return new Promise((resolve, reject) => {
        const onAbort = () => reject(signal?.reason);
        signal?.addEventListener("abort", onAbort, { once: true });
        const settled = () => signal?.removeEventListener("abort", onAbort);
        queue.push({
          request: { kind: "task", name, input: input as TaskInput<TaskName> },
          signal,
          resolve: (result) => {
            settled();
            resolve(result);
          },
          reject: (error) => {
            settled();
            reject(error);
          },
        });
        dispatch();
      });
    },
    async close() {
      isEnding = true;
      failAll(new CommonweightError(curveErrors.curveClosed));
      await Promise.all(workers.splice(0).map((worker) => worker.terminate()));
    },
  };
}
