import type { Command } from "commander";
import { createCommandContext } from "../../services/command-line/command-context.ts";
import { createProgram } from "../../services/command-line/run-command-line.ts";
import type { Terminal } from "../../services/command-line/terminal.ts";

const nowhere: Terminal = {
  writeResult: () => {},
  writeMessage: () => {},
  writeProgress: () => {},
  hasColor: false,
  isInteractive: false,
};

function leaves(command: Command, path: readonly string[]): string[][] {
  if (command.commands.length === 0) return [[...path]];
  return command.commands.flatMap((each) => leaves(each, [...path, each.name()]));
}

/** The words that call each command of the program. */
export async function everyCommand(): Promise<string[][]> {
  const context = createCommandContext({
    terminal: nowhere,
    environment: {},
    signal: new AbortController().signal,
    folder: "/",
    setExitCode: () => {},
  });
  return leaves(await createProgram(context, { terminal: nowhere, isJson: false }), []);
}
