import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { CommonweightError } from "../../protocol/errors.ts";
import type { DecidedRound, ProvenRound, RoundToProve } from "../../protocol/round/prove-round.ts";
import { aggregatorErrors } from "../errors.ts";
import { oneAtATime } from "../one-at-a-time.ts";

/** What all rounds of a project are proven on. */
export interface ProvingGround {
  readonly parameterCount: number;
  readonly ruleId: number;
  readonly slotCount: number;
  readonly srsPath: string | undefined;
  readonly cacheFolder: string;
  readonly threads: number | undefined;
}

/** The round that the proving process is asked for; rules travel by their number. */
export interface ProvingJob extends Omit<RoundToProve, "rule"> {
  readonly ruleId: number;
}

/** What the proving process is told, in this order. */
export type ProvingRequest =
  | { readonly kind: "prepare"; readonly ground: ProvingGround }
  | { readonly kind: "prove"; readonly job: ProvingJob };

/** What the proving process answers. */
export type ProvingMessage =
  | { readonly kind: "progress"; readonly fraction: number; readonly step: string }
  | { readonly kind: "decided"; readonly decided: DecidedRound }
  | { readonly kind: "proven"; readonly result: ProvenRound; readonly seconds: number }
  | { readonly kind: "failed"; readonly message: string };

/** How a proof is asked for. */
export interface ProveOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (fraction: number, step: string) => void;
  /** Told what the round decides, before all of it is proven. */
  readonly onDecided?: (decided: DecidedRound) => void;
  /** Asked when the proof's turn comes: while it waited, the round may have ended. */
  readonly isWanted?: () => Promise<boolean>;
}

/** What of {@link ProvingGround} differs from project to project. */
export type ProjectGround = Pick<ProvingGround, "parameterCount" | "ruleId" | "slotCount">;

/**
 * Proves one round at a time in a process of its own, so that the interface stays quick and a crash costs one attempt.
 *
 * Whoever asks first is served first. A project asks for one proof at a time, so with many of them each gets every n-th turn.
 */
export interface Prover {
  /**
   * Starts the process of a proof that will be asked for: it loads programs, powers of tau and keys meanwhile.
   *
   * @param need `soon` takes the place of a process that was started for another project's proof, `later` leaves it there.
   */
  prepare(ground: ProjectGround, need: "soon" | "later"): void;
  /** @returns Undefined when the proof was not wanted any more. */
  prove(
    job: ProvingJob,
    options: ProveOptions,
  ): Promise<{ result: ProvenRound; seconds: number } | undefined>;
  stop(): void;
}

/** How long a process is kept for a proof that nobody asks for. */
const KEPT_MS = 600_000;
/** Up to so many parameters a process proves round after round, warm and with a few hundred megabytes; a larger one gives them back. */
const KEPT_PARAMETERS = 200_000;

interface ProvingProcess {
  readonly child: ChildProcess;
  readonly ground: ProjectGround;
}

/** Makes a prover. The process of a large proof ends with it, so that its memory is given back. */
export function createProver(settings: {
  srsPath: string | undefined;
  cacheFolder: string;
  threads: number | undefined;
}): Prover {
  let running: ProvingProcess | undefined;
  let prepared: ProvingProcess | undefined;
  const inTurn = oneAtATime();

  /** For the next proof that asks for it. */
  function keep(process: ProvingProcess): void {
    prepared = process;
    const unused = setTimeout(() => prepared === process && process.child.kill("SIGKILL"), KEPT_MS);
    unused.unref();
  }

  function start(ground: ProjectGround): ProvingProcess {
    const child = fork(fileURLToPath(new URL("./prover-process.ts", import.meta.url)), {
      serialization: "advanced",
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    const started = { child, ground };
    child.once("exit", () => {
      if (prepared === started) prepared = undefined;
    });
    // Without a listener it would be thrown; a process that did not start is missed when it is needed.
    child.on("error", () => undefined);
    child.send({ kind: "prepare", ground: { ...ground, ...settings } } satisfies ProvingRequest);
    return started;
  }

  function take(ground: ProjectGround): ProvingProcess {
    const ready = prepared;
    if (ready === undefined || !isSame(ready.ground, ground)) return start(ground);
    prepared = undefined;
    return ready;
  }

  return {
    prepare: (ground, need) => {
      // One process at a time: that of another project's proof may be free by then.
      if (running !== undefined) return;
      if (prepared !== undefined && (need === "later" || isSame(prepared.ground, ground))) return;
      prepared?.child.kill("SIGKILL");
      keep(start(ground));
    },
    prove: (job, options) =>
      inTurn(async () => {
        options.signal?.throwIfAborted();
        if (options.isWanted !== undefined && !(await options.isWanted())) return undefined;
        options.signal?.throwIfAborted();
        const { ruleId, context, terms } = job;
        const { parameterCount } = context;
        const taken = take({ parameterCount, ruleId, slotCount: terms.slotCount });
        running = taken;
        let isKept = false;
        try {
          const proven = await runProof(taken.child, job, options);
          isKept = prepared === undefined && parameterCount <= KEPT_PARAMETERS;
          return proven;
        } finally {
          running = undefined;
          if (isKept) keep(taken);
          else taken.child.kill("SIGKILL");
        }
      }),
    stop: () => {
      running?.child.kill("SIGKILL");
      prepared?.child.kill("SIGKILL");
    },
  };
}

const isSame = (one: ProjectGround, other: ProjectGround) =>
  one.parameterCount === other.parameterCount &&
  one.ruleId === other.ruleId &&
  one.slotCount === other.slotCount;

function runProof(
  child: ChildProcess,
  job: ProvingJob,
  { signal, onProgress, onDecided }: ProveOptions,
): Promise<{ result: ProvenRound; seconds: number }> {
  // A process that is kept must not tell the last proof about the next one.
  let settled = () => {};
  return new Promise<{ result: ProvenRound; seconds: number }>((resolve, reject) => {
    const fail = (message: string) =>
      reject(new CommonweightError(aggregatorErrors.provingFailed, message));
    const onAbort = () => child.kill("SIGKILL");
    const onExit = (code: number | null) =>
      fail(`the proving process ended with ${code ?? "a signal"}`);
    const onError = (error: Error) => fail(error.message);
    const onMessage = (message: ProvingMessage) => {
      if (message.kind === "progress") onProgress?.(message.fraction, message.step);
      if (message.kind === "decided") onDecided?.(message.decided);
      if (message.kind === "failed") fail(message.message);
      if (message.kind === "proven") resolve(message);
    };
    settled = () => {
      signal?.removeEventListener("abort", onAbort);
      child.off("exit", onExit).off("error", onError).off("message", onMessage);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    child.on("exit", onExit).on("error", onError).on("message", onMessage);
    child.send({ kind: "prove", job } satisfies ProvingRequest);
  }).finally(() => settled());
}
