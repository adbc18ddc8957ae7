import { repositoryRoot } from "../../scripts/repository.ts";
import type { Environment } from "../../services/adapters/config/config.ts";
import { runCommandLine } from "../../services/command-line/run-command-line.ts";

/** What a command line wrote, and how it ended. */
export interface CommandLineResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command line in this process: the program's own path from the arguments to the exit status, without a new Node.js for
 * each. Not a terminal, so nobody is asked anything.
 */
export async function commandLine(
  args: readonly string[],
  around: {
    environment?: Environment;
    folder?: string;
    signal?: AbortSignal;
    /** Called with each line of standard output as it is written. */
    onLine?: (line: string) => void;
  } = {},
): Promise<CommandLineResult> {
  const [results, messages]: [string[], string[]] = [[], []];
  const exitCode = await runCommandLine(args, {
    terminal: {
      writeResult: (text) => {
        results.push(`${text}\n`);
        around.onLine?.(text);
      },
      writeMessage: (text) => messages.push(`${text}\n`),
      writeProgress: () => {},
      hasColor: false,
      isInteractive: false,
    },
    environment: around.environment ?? {},
    signal: around.signal ?? new AbortController().signal,
    folder: around.folder ?? repositoryRoot,
  });
  return { exitCode, stdout: results.join(""), stderr: messages.join("") };
}
