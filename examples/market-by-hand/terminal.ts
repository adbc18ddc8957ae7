import { type ChildProcess, spawn } from "node:child_process";

/** What a shell is told to print behind a step, in words that nothing else prints. */
const MARKS = /⟦step \d+⟧/g;

/** A shell that steps are typed into, one after the other, as into a window. */
export class Terminal {
  #shell: ChildProcess;
  #output = "";
  #from = 0;
  #steps = 0;
  #closed: Promise<number | null>;
  #exitCode: number | null | undefined;

  /** @param onOutput Told everything that is printed. */
  constructor(options: {
    folder: string;
    environment: Readonly<Record<string, string>>;
    onOutput: (text: string) => void;
  }) {
    this.#shell = spawn("bash", ["--noprofile", "--norc", "-eu", "-o", "pipefail"], {
      cwd: options.folder,
      env: { ...options.environment },
      // A group of its own: Ctrl+C in a window reaches what runs in it.
      detached: true,
    });
    for (const stream of [this.#shell.stdout, this.#shell.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output += text;
        options.onOutput(text.replace(MARKS, ""));
      });
    }
    this.#closed = new Promise((resolve) => {
      this.#shell.once("close", (code) => {
        this.#exitCode = code;
        resolve(code);
      });
    });
  }

  /** What was printed since the last step was typed. */
  get printed(): string {
    return this.#output.slice(this.#from);
  }

  /** Whether the shell has ended: a command failed, or it was stopped. */
  get hasEnded(): boolean {
    return this.#exitCode !== undefined;
  }

  /** Types a step. @returns A look at whether its last command is done. */
  type(script: string): () => boolean {
    this.#from = this.#output.length;
    const mark = `⟦step ${this.#steps++}⟧`;
    this.#shell.stdin?.write(`${script}\nprintf '${mark}'\n`);
    return () => this.printed.includes(mark);
  }

  /** Ctrl+C, and the window is closed. @returns The last exit status; null when it had to be killed. */
  async close(patienceMs = 20_000): Promise<number | null> {
    if (!this.hasEnded) {
      this.#shell.stdin?.end();
      this.#signal("SIGINT");
      const timer = setTimeout(() => this.#signal("SIGKILL"), patienceMs);
      await this.#closed;
      clearTimeout(timer);
    }
    return this.#exitCode ?? null;
  }

  #signal(signal: NodeJS.Signals): void {
    try {
      process.kill(-(this.#shell.pid as number), signal);
    } catch {
      // It ended in this moment, which is what we want.
    }
  }
}
