import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CommonweightError, type ErrorDefinition } from "../../protocol/errors.ts";
import { learningErrors } from "../errors.ts";
import { residentMemoryMb } from "./process-memory.ts";
import type { TrainingProgress } from "./train-locally.ts";
import { TRAINER_OUTPUT_FOLDER } from "./training-job.ts";

/** Options of {@link runExternalTrainer}. */
export interface RunExternalTrainerParameters {
  /** What the trainer's owner would type in a shell, for example `python train.py`. */
  readonly command: string;
  /** Holds `model.safetensors` and `job.json`; the program runs in it. */
  readonly jobFolder: string;
  readonly timeoutMs: number;
  /** Resident memory of the program and its children together. */
  readonly memoryMb: number;
  /** All of the program's environment: pass what it needs (PATH), never a key. */
  readonly environment: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Told when the program prints a line `{"step":1,"steps":20,"loss":0.7}`. */
  readonly onProgress?: (progress: TrainingProgress) => void;
}

/** End of what a program wrote, kept for the person who must repair it: in the error, and in this file of the job folder. */
const MESSAGES_KEPT = 8000;
const MESSAGES_FILE = "messages.txt";
const MEMORY_CHECK_MS = 500;
/** Between asking a program to end and ending it. */
const GRACE_MS = 3000;

/** Ends a program with all its children: it leads a process group of its own. */
function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone already, which is what we want.
  }
}

/**
 * Runs a trainer's own program on a job folder and waits for it. It is ended, with its children, when it runs past its
 * time or memory, or when cancelled.
 *
 * @throws CommonweightError CW3301 when it fails (its last messages in the details and in the job folder), CW3302 past the time limit,
 * CW3303 past the memory limit, CW3006 when cancelled.
 */
export async function runExternalTrainer(parameters: RunExternalTrainerParameters): Promise<void> {
  const { command, jobFolder, signal } = parameters;
  if (signal?.aborted) throw new CommonweightError(learningErrors.cancelled);
  // A result of an earlier run must never pass for this one's.
  await rm(join(jobFolder, TRAINER_OUTPUT_FOLDER), { recursive: true, force: true });
  await rm(join(jobFolder, MESSAGES_FILE), { force: true });
  await mkdir(join(jobFolder, TRAINER_OUTPUT_FOLDER));
  const child = spawn(command, {
    cwd: jobFolder,
    shell: true,
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...parameters.environment },
  });
  let complaints = "";
  let printed = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    complaints = (complaints + text).slice(-MESSAGES_KEPT);
  });
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    printed = (printed + text).slice(-MESSAGES_KEPT);
  });
  if (child.stdout) readProgress(child.stdout, parameters.onProgress);
  const fail = async (definition: ErrorDefinition, what: string | undefined, about: object) => {
    // Some programs complain on standard output.
    const messages = complaints.trim() === "" ? printed : complaints;
    const path = join(jobFolder, MESSAGES_FILE);
    if (messages.trim() !== "") await writeFile(path, messages);
    const reason = definition === learningErrors.trainerFailed ? `: ${lastLine(messages)}` : "";
    const where = messages.trim() === "" ? "" : `; the end of what it said is in ${path}`;
    const message = what === undefined ? undefined : `${what}${reason}${where}`;
    throw new CommonweightError(definition, message, { details: { messages, ...about } });
  };
  const guard = guardLimits(child, parameters);
  try {
    const { code, cause } = await waitForEnd(child, () => guard.broken() !== null);
    const broken = guard.broken();
    if (broken) await fail(broken.definition, broken.message, {});
    if (code !== 0) {
      await fail(
        learningErrors.trainerFailed,
        `"${command}" ended with ${code ?? cause ?? "a signal"}`,
        { code },
      );
    }
  } finally {
    guard.stop();
  }
}

/** The line that names the error, which Python writes last and Node.js above the stack and its own version. */
function lastLine(text: string): string {
  const lines = text.trim().split("\n");
  const error = lines.findLast((line) => /^[\w.]*(Error|Exception)\b[^:]*: /.test(line));
  return error ?? (lines.at(-1) || "no message");
}

function waitForEnd(
  child: ChildProcess,
  isEnding: () => boolean,
): Promise<{ code: number | null; cause?: unknown }> {
  return new Promise((resolve) => {
    child.once("error", (cause) => resolve({ code: null, cause }));
    // Children that outlive the program would hold its output open, and go on using the machine. After a polite signal
    // the shell may be gone before the program, which still has its time to clean up.
    child.once("exit", () => !isEnding() && endGroup(child, "SIGKILL"));
    child.once("close", (code) => resolve({ code }));
  });
}

/** A longer line is not one about progress; it is not kept, for a program may print without ever ending its line. */
const LONGEST_PROGRESS_LINE = 1000;

function readProgress(
  output: NodeJS.ReadableStream,
  onProgress: RunExternalTrainerParameters["onProgress"],
): void {
  let line = "";
  output.on("data", (text: string) => {
    const pieces = text.split("\n");
    const last = pieces.pop() as string;
    for (const piece of pieces) {
      tellProgress(line + piece, onProgress);
      line = "";
    }
    // One character more than is read marks a line as too long.
    line = (line + last.slice(0, LONGEST_PROGRESS_LINE + 1)).slice(0, LONGEST_PROGRESS_LINE + 1);
  });
}

function tellProgress(line: string, onProgress: RunExternalTrainerParameters["onProgress"]): void {
  if (!onProgress || line.length > LONGEST_PROGRESS_LINE || !line.startsWith("{")) return;
  try {
    const { step, steps, loss } = JSON.parse(line) as Record<string, unknown>;
    if (typeof step === "number" && typeof steps === "number" && typeof loss === "number") {
      onProgress({ step, steps, loss });
    }
  } catch {
    // A program may print what it likes; only progress lines concern us.
  }
}

interface BrokenLimit {
  readonly definition: ErrorDefinition;
  readonly message?: string;
}

/** Watches time, memory and the abort signal; ends the program on the first that is exceeded. */
function guardLimits(
  child: ChildProcess,
  { timeoutMs, memoryMb, signal }: RunExternalTrainerParameters,
): { broken(): BrokenLimit | null; stop(): void } {
  let broken: BrokenLimit | null = null;
  let killTimer: NodeJS.Timeout | undefined;
  const end = (limit: BrokenLimit) => {
    if (broken) return;
    broken = limit;
    endGroup(child, "SIGTERM");
    killTimer = setTimeout(() => endGroup(child, "SIGKILL"), GRACE_MS);
  };
  const timer = setTimeout(
    () =>
      end({ definition: learningErrors.trainerTimedOut, message: `ended after ${timeoutMs} ms` }),
    timeoutMs,
  );
  const checkMemory = async () => {
    const used = child.pid === undefined ? 0 : await residentMemoryMb(child.pid);
    if (used <= memoryMb) return;
    const message = `it used ${Math.round(used)} MB of ${memoryMb}`;
    end({ definition: learningErrors.trainerOutOfMemory, message });
  };
  const memoryTimer = setInterval(() => {
    checkMemory().catch(() => {
      const message = "its memory cannot be measured on this machine, so the limit cannot be kept";
      end({ definition: learningErrors.trainerOutOfMemory, message });
    });
  }, MEMORY_CHECK_MS);
  const onAbort = () => end({ definition: learningErrors.cancelled });
  signal?.addEventListener("abort", onAbort, { once: true });
  return {
    broken: () => broken,
    stop: () => {
      clearTimeout(timer);
      clearInterval(memoryTimer);
      clearTimeout(killTimer);
      signal?.removeEventListener("abort", onAbort);
    },
  };
}
