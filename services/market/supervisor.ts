import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { CommonweightError } from "../protocol/errors.ts";
import { marketErrors } from "./errors.ts";

/** One line a process printed, parsed when it is a JSON object. */
export interface ProcessLine {
  readonly process: string;
  readonly text: string;
  readonly event?: Readonly<Record<string, unknown>>;
}

/** What is started: a name for people, and the command line. */
export interface ProcessSpecification {
  readonly name: string;
  readonly command: readonly [program: string, ...arguments_: string[]];
  readonly environment?: Readonly<Record<string, string>>;
  readonly folder: string;
}

/** A running process of the market. */
export interface SupervisedProcess {
  readonly name: string;
  readonly pid: number;
  /** Resolves with the first JSON event of this type; rejects when the process ends or the time is over. */
  waitFor(type: string, timeoutMs: number): Promise<Readonly<Record<string, unknown>>>;
  /** Ends it: politely first, by force after `graceMs`. */
  stop(graceMs?: number): Promise<void>;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
  /** Resolves with the exit code (null: killed by a signal). */
  readonly ended: Promise<number | null>;
}

const KEPT_LINES = 20;

/** Starts processes, hands on what they print, and leaves none behind. */
export class Supervisor {
  readonly #running = new Map<ChildProcess, SupervisedProcess>();
  readonly #specifications = new Map<string, ProcessSpecification>();
  readonly #onLine: (line: ProcessLine) => void;
  readonly #onUnexpectedEnd: (name: string, code: number | null, lastLines: string[]) => void;

  constructor(options: {
    onLine: (line: ProcessLine) => void;
    onUnexpectedEnd: (name: string, code: number | null, lastLines: string[]) => void;
  }) {
    this.#onLine = options.onLine;
    this.#onUnexpectedEnd = options.onUnexpectedEnd;
    // Last resort: whatever ends this process, the children go with it.
    process.on("exit", () => {
      for (const child of this.#running.keys()) child.kill("SIGKILL");
    });
  }

  start(specification: ProcessSpecification): SupervisedProcess {
    const { name, command, environment, folder } = specification;
    this.#specifications.set(name, specification);
    const child = spawn(command[0], command.slice(1), {
      cwd: folder,
      env: { ...environment } as NodeJS.ProcessEnv,
      stdio: ["ignore", "pipe", "pipe"],
      // Out of the terminal's process group: Ctrl+C reaches the market alone, which ends them in order.
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    const lastLines: string[] = [];
    const waiting = new Map<string, ((event: Record<string, unknown>) => void)[]>();
    const firstOfType = new Map<string, Readonly<Record<string, unknown>>>();
    let isStopping = false;

    const read = (stream: NodeJS.ReadableStream) => {
      createInterface({ input: stream }).on("line", (text) => {
        lastLines.push(text);
        if (lastLines.length > KEPT_LINES) lastLines.shift();
        const event = parseEvent(text);
        this.#onLine(event ? { process: name, text, event } : { process: name, text });
        if (typeof event?.type !== "string") return;
        // Whoever asks later must not wait for what has been said already.
        if (!firstOfType.has(event.type)) firstOfType.set(event.type, event);
        for (const resolve of waiting.get(event.type) ?? []) resolve(event);
        waiting.delete(event.type);
      });
    };
    read(child.stdout);
    read(child.stderr);

    const ended = new Promise<number | null>((resolve) => {
      child.once("error", () => resolve(-1));
      child.once("close", (code) => resolve(code));
    }).then((code) => {
      this.#running.delete(child);
      if (!isStopping) this.#onUnexpectedEnd(name, code, [...lastLines]);
      return code;
    });

    const supervised: SupervisedProcess = {
      name,
      pid: child.pid ?? -1,
      ended,
      waitFor: (type, timeoutMs) =>
        new Promise((resolve, reject) => {
          const said = firstOfType.get(type);
          if (said !== undefined) return resolve(said);
          const timer = setTimeout(
            () =>
              reject(
                new CommonweightError(marketErrors.notReady, `${name} did not report "${type}"`, {
                  details: { timeoutMs, lastLines },
                }),
              ),
            timeoutMs,
          );
          ended.then((code) => {
            clearTimeout(timer);
            reject(
              new CommonweightError(
                marketErrors.processDied,
                `${name} ended with ${code ?? "a signal"}:\n${lastLines.join("\n")}`,
              ),
            );
          });
          const list = waiting.get(type) ?? [];
          list.push((event) => {
            clearTimeout(timer);
            resolve(event);
          });
          waiting.set(type, list);
        }),
      stop: async (graceMs = 10_000) => {
        isStopping = true;
        child.kill("SIGTERM");
        const force = setTimeout(() => child.kill("SIGKILL"), graceMs);
        await ended;
        clearTimeout(force);
      },
      kill: async () => {
        isStopping = true;
        child.kill("SIGKILL");
        await ended;
      },
    };
    this.#running.set(child, supervised);
    return supervised;
  }

  /** Process numbers of all that run. */
  pids(): number[] {
    return [...this.#running.values()].map(({ pid }) => pid);
  }

  /** Kills the process of this name, if there is one. */
  async kill(name: string): Promise<void> {
    const found = [...this.#running.values()].find((each) => each.name === name);
    await found?.kill();
  }

  /** Starts a process again as it was started last. @throws RangeError for a name that never was. */
  restart(name: string): SupervisedProcess {
    const specification = this.#specifications.get(name);
    if (specification === undefined) throw new RangeError(`no process was called ${name}`);
    return this.start(specification);
  }

  /** Stops a process where it is and lets it go on later: to others it is slow, or cut off. */
  async freeze(name: string, ms: number): Promise<void> {
    const found = [...this.#running.entries()].find(([, each]) => each.name === name);
    found?.[0].kill("SIGSTOP");
    await new Promise((resolve) => setTimeout(resolve, ms));
    found?.[0].kill("SIGCONT");
  }

  /** Ends every process, the youngest first, and resolves when the last one is gone. */
  async stopAll(): Promise<void> {
    await Promise.all([...this.#running.values()].reverse().map((each) => each.stop()));
  }
}

function parseEvent(text: string): Readonly<Record<string, unknown>> | undefined {
  if (!text.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
