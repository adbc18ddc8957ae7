import type { WorkerAnswer, WorkerRequest } from "./task-messages.ts";

/** One worker, whatever the platform calls it. */
export interface SpawnedWorker {
  post(message: WorkerRequest): void;
  onAnswer(listener: (answer: WorkerAnswer) => void): void;
  onFailure(listener: (error: Error) => void): void;
  /** A busy worker keeps the process alive, an idle one does not. */
  setBusy(isBusy: boolean): void;
  terminate(): Promise<void>;
}
