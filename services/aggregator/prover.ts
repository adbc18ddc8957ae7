import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { CommonweightError } from "../protocol/errors.ts";
import type { ProvenRound, RoundToProve } from "../protocol/prove-round.ts";
import { aggregatorErrors } from "./errors.ts";

/** What the proving process is asked; rules travel by their number. */
export interface ProvingJob extends Omit<RoundToProve, "rule"> {
  readonly ruleId: number;
  readonly srsPath: string | undefined;
  readonly cacheFolder: string;
  readonly threads: number | undefined;
}

/** What the proving process answers. */
export type ProvingMessage =
  | { readonly kind: "progress"; readonly fraction: number; readonly step: string }
  | { readonly kind: "proven"; readonly result: ProvenRound; readonly seconds: number }
  | { readonly kind: "failed"; readonly message: string };

/** Proves one round at a time in a process of its own, so that the interface stays quick and a crash costs one attempt. */
export interface Prover {
  prove(
    job: Omit<ProvingJob, "srsPath" | "cacheFolder" | "threads">,
    options: { signal?: AbortSignal; onProgress?: (fraction: number, step: string) => void },
  ): Promise<{ result: ProvenRound; seconds: number }>;
  stop(): void;
}

/** Makes a prover; its process starts with each proof and ends with it, so that its memory is given back. */
export function createProver(settings: {
  srsPath?: string | undefined;
  cacheFolder: string;
  threads?: number | undefined;
}): Prover {
  let running: ChildProcess | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  return {
    prove(job, options) {
      const turn = queue.then(() => {
        const full = {
          ...job,
          srsPath: settings.srsPath,
          cacheFolder: settings.cacheFolder,
          threads: settings.threads,
        };
        return runProcess(full, options, (child) => {
          running = child;
        });
      });
      queue = turn.catch(() => undefined);
      return turn;
    },
    stop: () => {
      running?.kill("SIGKILL");
    },
  };
}

function runProcess(
  job: ProvingJob,
  { signal, onProgress }: Parameters<Prover["prove"]>[1],
  onStarted: (child: ChildProcess) => void,
): Promise<{ result: ProvenRound; seconds: number }> {
  signal?.throwIfAborted();
  const child = fork(fileURLToPath(new URL("./prover-process.ts", import.meta.url)), {
    serialization: "advanced",
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  onStarted(child);
  return new Promise((resolve, reject) => {
    const fail = (message: string) =>
      reject(new CommonweightError(aggregatorErrors.provingFailed, message));
    const onAbort = () => child.kill("SIGKILL");
    signal?.addEventListener("abort", onAbort, { once: true });
    child.once("exit", (code) => {
      signal?.removeEventListener("abort", onAbort);
      fail(`the proving process ended with ${code ?? "a signal"}`);
    });
    child.once("error", (error) => fail(error.message));
    child.on("message", (message: ProvingMessage) => {
      if (message.kind === "progress") onProgress?.(message.fraction, message.step);
      if (message.kind === "failed") fail(message.message);
      if (message.kind === "proven") resolve(message);
    });
    child.send(job);
  });
}
