import { inspect } from "node:util";
import { CommonweightError, errorText } from "../protocol/errors.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { toJson } from "./json.ts";
import { systemFailure } from "./system-failure.ts";

/** How a failure is shown. */
export interface FailureStyle {
  /** Machine-readable, for `--json`. */
  readonly isJson: boolean;
  /** With stack and causes, for `--verbose`. */
  readonly isVerbose: boolean;
}

/** Text for stderr and the exit status of a failure. */
export interface ShownFailure {
  readonly text: string;
  readonly exitCode: ExitCode;
}

/** A path, an address, a name or a number: what it has to do with the failure, only the title says. */
function isNoSentence(message: string): boolean {
  if (/^https?:/.test(message)) return !/\s/.test(message);
  // Folders may have spaces in their names.
  if (/^(\.{0,2}\/|[A-Za-z]:\\)/.test(message)) {
    return !/[:;(]\s| (has|is|are|was|no|not|cannot|does|did|seem|became|names|and) /.test(message);
  }
  return !/\s\w+\s|[:;]\s/.test(message);
}

/**
 * Says what went wrong and what to do. A `CommonweightError` shows its code, message and hint, and so does a path or address
 * that the system refuses; anything else is a bug of ours and asks for a report. Stack and causes only when asked for.
 */
export function showFailure(thrown: unknown, style: FailureStyle): ShownFailure {
  const error = thrown instanceof CommonweightError ? thrown : (systemFailure(thrown) ?? thrown);
  const isOurs = error instanceof CommonweightError;
  const message = errorText(error);
  const code = isOurs ? error.code : "internal";
  const hint = isOurs
    ? error.hint
    : "This is a bug of Commonweight. Run the command again with --verbose and report what it prints.";
  const exitCode = isOurs ? exitCodes.refused : exitCodes.internal;
  const trace = style.isVerbose ? inspect(error, { depth: 4 }) : undefined;

  const shown =
    isOurs && message !== error.title && isNoSentence(message)
      ? `${message}: ${error.title}`
      : message;
  if (style.isJson) {
    const details = isOurs ? error.details : undefined;
    return { text: toJson({ error: { code, message: shown, hint, details, trace } }), exitCode };
  }
  const lines = [`${code}: ${shown}`, `  ${hint}`, ...(trace === undefined ? [] : ["", trace])];
  return { text: lines.join("\n"), exitCode };
}
