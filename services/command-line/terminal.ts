import type { Environment } from "../adapters/config/config.ts";
import { printableText } from "./printable-text.ts";

/** Stdout as a screen that can be drawn on. */
export interface Screen {
  columns(): number;
  rows(): number;
  readonly hasColor: boolean;
  /** Writes control sequences and text as they are. */
  write(text: string): void;
  /** @returns Ends the listening. */
  onResize(listener: () => void): () => void;
}

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
  /** The screen for live views; undefined when stdout is no terminal, or one that cannot or should not be drawn on. */
  readonly screen?: Screen | undefined;
  /** True when a person can be asked something. */
  readonly isInteractive: boolean;
}

const CLEAR_LINE = "\r\u001b[2K";

/** The process's own terminal. */
export function processTerminal(environment: Environment): Terminal {
  const { stdout, stderr, stdin } = process;
  const hasProgress = stderr.isTTY === true && environment.TERM !== "dumb";
  const hasColor = stdout.isTTY === true && (environment.NO_COLOR ?? "") === "";
  const clear = hasProgress ? CLEAR_LINE : "";
  return {
    writeResult: (text) => {
      if (hasProgress) stderr.write(clear);
      stdout.write(`${printableText(text)}\n`);
    },
    writeMessage: (text) => {
      stderr.write(`${clear}${printableText(text)}\n`);
    },
    writeProgress: (text) => {
      if (hasProgress)
        stderr.write(`${clear}${printableText(text).slice(0, (stderr.columns || 80) - 1)}`);
    },
    hasColor,
    screen: hasColor && environment.TERM !== "dumb" ? screenOf(stdout) : undefined,
    isInteractive: stdin.isTTY === true && stderr.isTTY === true,
  };
}

function screenOf(stdout: NodeJS.WriteStream): Screen {
  return {
    columns: () => stdout.columns ?? 80,
    rows: () => stdout.rows ?? 24,
    hasColor: true,
    write: (text) => {
      stdout.write(text);
    },
    onResize: (listener) => {
      stdout.on("resize", listener);
      return () => stdout.off("resize", listener);
    },
  };
}
