import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { CommonweightError } from "../protocol/errors.ts";
import type { ProvenRound, RoundToProve } from "../protocol/prove-round.ts";
import { aggregatorErrors } from "./errors.ts";
import { oneAtATime } from "./one-at-a-time.ts";

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

/** How a proof is asked for. */
export interface ProveOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number, step: string) => void;
  /** Asked when the proof's turn comes: while it waited, the round may have ended. */
  readonly isWanted?: () => Promise<boolean>;
}

/**
 * Proves one round at a time in a process of its own, so that the interface stays quick and a crash costs one attempt.
 *
 * Whoever asks first is served first. A project asks for one proof at a time, so with many of them each gets every n-th turn.
 */
export interface Prover {
  /** @returns Undefined when the proof was not wanted any more. */
  prove(
    job: Omit<ProvingJob, "srsPath" | "cacheFolder" | "threads">,
    options: ProveOptions,
  ): Promise<{ result: ProvenRound; seconds: number } | undefined>;
  stop(): void;
}

/** Makes a prover; its process starts with each proof and ends with it, so that its memory is given back. */
export function createProver(settings: {
  srsPath: string | undefined;
  cacheFolder: string;
  threads: number | undefined;
}): Prover {
  let running: ChildProcess | undefined;
  const inTurn = oneAtATime();
  return {
    prove: (job, options) =>
      inTurn(async () => {
        options.signal?.throwIfAborted();
        if (options.isWanted !== undefined && !(await options.isWanted())) return undefined;
        return runProcess({ ...job, ...settings }, options, (child) => {
          running = child;
        });
      }),
    stop: () => {
      running?.kill("SIGKILL");
    },
  };
}

function runProcess(
  job: ProvingJob,
  { signal, onProgress }: ProveOptions,
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
