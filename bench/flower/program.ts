import { type ChildProcess, spawn } from "node:child_process";

/** A program of somebody else's that runs for a while, and what it has written so far. */
export interface Program {
  /** Settles when as many lines of its output match. @throws {Error} when it ends before */
  shown(pattern: RegExp, times?: number): Promise<void>;
  /** Settles when it has ended well. @throws {Error} with the end of its output otherwise */
  readonly ended: Promise<void>;
  /** Ends it with all that it has started. */
  stop(): Promise<void>;
}

const PATIENCE_MS = 10_000;

/** Starts a program in a process group of its own. */
export function startProgram(
  path: string,
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Program {
  const child = spawn(path, args, { cwd, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  const listeners = new Set<() => void>();
  let output = "";
  const hear = (chunk: Buffer) => {
    output += chunk.toString();
    for (const listener of listeners) listener();
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  const ended = closed.then((code) => {
    if (code !== 0) throw new Error(`${path} ended with ${code}:\n${output.slice(-2000)}`);
  });
  ended.catch(() => undefined);
  return {
    ended,
    shown: (pattern, times = 1) => {
      const seen = new Promise<void>((resolve) => {
        const listener = () => {
          if (output.split("\n").filter((line) => pattern.test(line)).length >= times) resolve();
        };
        listeners.add(listener);
        listener();
      });
      const tooSoon = ended.then(() => {
        throw new Error(`${path} ended before it said ${pattern}:\n${output.slice(-2000)}`);
      });
      return Promise.race([seen, tooSoon]);
    },
    stop: async () => {
      signal(child, "SIGTERM");
      const patience = setTimeout(() => signal(child, "SIGKILL"), PATIENCE_MS);
      await closed.catch(() => undefined);
      clearTimeout(patience);
      // What it has started and not waited for.
      signal(child, "SIGKILL");
    },
  };
}

function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch {
    // The whole group has ended.
  }
}
