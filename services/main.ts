/**
 * The program `commonweight`: one binary, one folder of commands per role.
 *
 * A command is a file `services/<role>/commands/<name>.ts` that exports `register(parent, context)`
 * (see `RegisterCommand`). Command files import the rest of their role inside the action, so that
 * `--help` stays quick.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { Argument, Command, CommanderError } from "commander";
import { processEnvironment } from "./adapters/config/config.ts";
import {
  addGlobalOptions,
  type CommandContext,
  createCommandContext,
  type RegisterCommand,
} from "./command-line/command-context.ts";
import { completionScript, SHELLS, type Shell } from "./command-line/completion.ts";
import { type ExitCode, exitCodes } from "./command-line/exit-codes.ts";
import { showFailure } from "./command-line/failure.ts";
import { processTerminal } from "./command-line/terminal.ts";

/** Folders of commands; those with a group are called as `commonweight <group> <command>`. */
const COMMAND_FOLDERS: readonly { folder: string; group?: string; description?: string }[] = [
  { folder: "market" },
  {
    folder: "owner",
    group: "owner",
    description: "post a project, watch it train, pull the model",
  },
  { folder: "worker", group: "worker", description: "find a project, train for it, get paid" },
  { folder: "aggregator", group: "aggregator", description: "open rounds, prove and settle them" },
  { folder: "auditor" },
];

async function registerCommands(program: Command, context: CommandContext): Promise<void> {
  for (const { folder, group, description } of COMMAND_FOLDERS) {
    const url = new URL(`${folder}/commands/`, import.meta.url);
    if (!existsSync(url)) continue;
    const parent = group === undefined ? program : program.command(group);
    if (description !== undefined) parent.description(description);
    const files = readdirSync(url).filter((name) => name.endsWith(".ts"));
    for (const name of files.sort()) {
      const module = (await import(new URL(name, url).href)) as { register: RegisterCommand };
      module.register(parent, context);
    }
  }
}

function addCompletion(program: Command, context: CommandContext): void {
  program
    .command("completion")
    .description("print a completion script for your shell")
    .addArgument(new Argument("<shell>").choices(SHELLS))
    .addHelpText("after", "\nExample:\n  source <(commonweight completion bash)")
    .action(
      context.action(async ({ args }) => {
        const script = completionScript(program, args[0] as Shell);
        return { data: { script }, text: script };
      }),
    );
}

function readVersion(): string {
  const manifest = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

const environment = processEnvironment();
const terminal = processTerminal(environment);
const stop = new AbortController();
const setExitCode = (code: ExitCode) => {
  process.exitCode = code;
};

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    // The second signal is somebody who does not want to wait for the cleaning up.
    if (stop.signal.aborted) {
      process.exit(signal === "SIGINT" ? exitCodes.interrupted : exitCodes.terminated);
    }
    stop.abort(signal);
  });
}

const context = createCommandContext({
  terminal,
  environment,
  signal: stop.signal,
  folder: process.cwd(),
  setExitCode,
});

const program = addGlobalOptions(
  new Command("commonweight")
    .description("A market for training models together, where pay is the output of a proof.")
    .version(readVersion(), "--version")
    .showHelpAfterError("(add --help for the options and examples)")
    .exitOverride(),
);

try {
  await registerCommands(program, context);
  addCompletion(program, context);
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // commander has printed help or its complaint already.
    setExitCode(error.exitCode === 0 ? exitCodes.success : exitCodes.usage);
  } else {
    const isVerbose = process.argv.includes("--verbose");
    const shown = showFailure(error, { isJson: process.argv.includes("--json"), isVerbose });
    terminal.writeMessage(shown.text);
    setExitCode(shown.exitCode);
  }
}
