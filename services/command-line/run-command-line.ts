import { existsSync, readdirSync, readFileSync } from "node:fs";
import { Argument, Command, CommanderError } from "commander";
import type { Environment } from "../adapters/config/config.ts";
import { CommonweightError, defineErrors } from "../protocol/errors.ts";
import {
  addGlobalOptions,
  type CommandContext,
  createCommandContext,
  type RegisterCommand,
} from "./command-context.ts";
import { COMMAND_FOLDERS } from "./command-folders.ts";
import { completionScript, SHELLS, type Shell } from "./completion.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { showFailure } from "./failure.ts";
import { toJson } from "./json.ts";
import { loadOutputSchemas, toJsonSchema } from "./output-schemas.ts";
import type { Terminal } from "./terminal.ts";

/** Everything around a command line; a process's own, or a test's. */
export interface Surroundings {
  readonly terminal: Terminal;
  readonly environment: Environment;
  /** Aborted with the name of the signal that ends the command. */
  readonly signal: AbortSignal;
  /** Where the configuration is looked for. */
  readonly folder: string;
}

export const schemaErrors = defineErrors([6530, 6539], {
  commandUnknown: {
    code: "CW6530",
    title: "There is no command of this name",
    hint: "`commonweight --help` lists the commands, `commonweight <role> --help` those of a role.",
  },
});

async function registerCommands(program: Command, context: CommandContext): Promise<void> {
  for (const { folder, group, description } of COMMAND_FOLDERS) {
    const url = new URL(`../${folder}/commands/`, import.meta.url);
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

function addSchema(program: Command, context: CommandContext): void {
  program
    .command("schema")
    .description("print what a command writes with --json, as JSON Schema")
    .argument("<command...>", "the words that call the command")
    .addHelpText("after", "\nExample:\n  commonweight schema worker quote")
    .action(
      context.action(async ({ args }) => {
        const command = (args[0] as string[]).join(" ");
        const schemas = await loadOutputSchemas();
        const found = Object.hasOwn(schemas, command) ? schemas[command] : undefined;
        if (found === undefined) {
          const known = Object.keys(schemas).sort().join(", ");
          throw new CommonweightError(schemaErrors.commandUnknown, `"${command}"; known: ${known}`);
        }
        const data = {
          command,
          result: toJsonSchema(found.result),
          events: found.events ? toJsonSchema(found.events) : null,
        };
        return { data, text: JSON.stringify(data, null, 2) };
      }),
    );
}

function readVersion(): string {
  const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

/**
 * The whole program with all its commands. Help goes to the terminal, too, and so do complaints about the command line, unless
 * they are wanted as JSON: then whoever catches the `CommanderError` writes them.
 */
export async function createProgram(
  context: CommandContext,
  { terminal, isJson }: { terminal: Terminal; isJson: boolean },
): Promise<Command> {
  const program = addGlobalOptions(
    new Command("commonweight")
      .description("A market for training models together, where pay is the output of a proof.")
      .version(readVersion(), "--version")
      .showHelpAfterError("(add --help for the options and examples)")
      .exitOverride()
      .configureOutput({
        writeOut: (text) => terminal.writeResult(text.replace(/\n$/, "")),
        writeErr: (text) => {
          if (!isJson) terminal.writeMessage(text.replace(/\n$/, ""));
        },
      }),
  );
  await registerCommands(program, context);
  addCompletion(program, context);
  addSchema(program, context);
  nameMisspeltFirst(program);
  return program;
}

/** Methods of commander's that its types keep to itself. */
interface Complaints {
  missingMandatoryOptionValue(option: unknown): void;
  unknownOption(flag: string): void;
}

/** A misspelt option is why a required one is missing, so it is the complaint that helps. */
function nameMisspeltFirst(command: Command): void {
  const complaints = command as unknown as Complaints;
  const complainOfMissing = complaints.missingMandatoryOptionValue.bind(command);
  complaints.missingMandatoryOptionValue = (option) => {
    const misspelt = command.args.find((arg) => /^--\w/.test(arg));
    if (misspelt !== undefined) complaints.unknownOption(misspelt.replace(/=.*/s, ""));
    complainOfMissing(option);
  };
  command.commands.forEach(nameMisspeltFirst);
}

function usageJson({ message }: CommanderError): string {
  const hint = "Add --help for the options and examples.";
  return toJson({
    error: {
      code: "usage",
      message:
        message === "(outputHelp)" ? "a command is missing" : message.replace(/^error: /, ""),
      hint,
    },
  });
}

/**
 * Runs one command line, without the program's own name.
 *
 * @returns The exit status; nothing is thrown.
 */
export async function runCommandLine(
  args: readonly string[],
  { terminal, ...around }: Surroundings,
): Promise<ExitCode> {
  const isJson = args.includes("--json");
  let exitCode: ExitCode = exitCodes.success;
  const context = createCommandContext({
    ...around,
    terminal,
    setExitCode: (code) => {
      exitCode = code;
    },
  });
  try {
    const program = await createProgram(context, { terminal, isJson });
    await program.parseAsync([...args], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return exitCodes.success;
      if (isJson) terminal.writeMessage(usageJson(error));
      return exitCodes.usage;
    }
    const isVerbose = args.includes("--verbose");
    const shown = showFailure(error, { isJson, isVerbose });
    terminal.writeMessage(shown.text);
    return shown.exitCode;
  }
}
