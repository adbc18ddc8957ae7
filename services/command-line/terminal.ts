import type { Environment } from "../adapters/config/config.ts";

/** Where a command writes, and what it may do there. */
export interface Terminal {
  /** The result: stdout. */
  writeResult(text: string): void;
  /** Messages for people: stderr. */
  writeMessage(text: string): void;
  /** A progress line that is overwritten by the next one; nothing when stderr is not a terminal. */
  writeProgress(text: string): void;
  /** True when colour is wanted: a terminal, and `NO_COLOR` is unset or empty. */
  readonly hasColor: boolean;
  /** True when a person can be asked something. */
  readonly isInteractive: boolean;
}

const CLEAR_LINE = "\r\u001b[2K";

/** The process's own terminal. */
export function processTerminal(environment: Environment): Terminal {
  const { stdout, stderr, stdin } = process;
  const hasProgress = stderr.isTTY === true && environment.TERM !== "dumb";
  const clear = hasProgress ? CLEAR_LINE : "";
  return {
    writeResult: (text) => {
      if (hasProgress) stderr.write(clear);
      stdout.write(`${text}\n`);
    },
    writeMessage: (text) => {
      stderr.write(`${clear}${text}\n`);
    },
    writeProgress: (text) => {
      if (hasProgress) stderr.write(`${clear}${text.slice(0, (stderr.columns ?? 80) - 1)}`);
    },
    hasColor: stdout.isTTY === true && (environment.NO_COLOR ?? "") === "",
    isInteractive: stdin.isTTY === true && stderr.isTTY === true,
  };
}
