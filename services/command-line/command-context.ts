import type { Command } from "commander";
import { type Config, type Environment, loadConfig } from "../adapters/config/config.ts";
import { createLogger, type Logger, silentLogger } from "../adapters/logger/logger.ts";
import { type ExitCode, exitCodes } from "./exit-codes.ts";
import { showFailure } from "./failure.ts";
import { toJson } from "./json.ts";
import type { Terminal } from "./terminal.ts";

/** What a command hands back; the frame prints it. */
export interface CommandResult {
  /** The answer for machines (`--json`): plain data; bigints and bytes are allowed. */
  readonly data: unknown;
  /** The same answer for people. */
  readonly text: string;
  /** True when the command ran and its answer is "no" (exit status 4). */
  readonly isNegative?: boolean;
  /** True when the command has shown or written its answer itself: nothing more is printed. */
  readonly isShown?: boolean;
}

/** What a command's body is given. */
export interface Invocation {
  /** The arguments, in the order the command declares them. */
  readonly args: readonly unknown[];
  /** Its own options and the global ones, by their camel-case names. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly config: Config;
  readonly environment: Environment;
  readonly terminal: Terminal;
  readonly logger: Logger;
  /** Aborted by Ctrl+C and SIGTERM: a long command stops and cleans up. */
  readonly signal: AbortSignal;
  readonly isJson: boolean;
  /** Shows what is going on, if somebody is watching. */
  progress(text: string): void;
}

/** Builds `commander` actions out of bodies that return a result or throw. */
export interface CommandContext {
  action(
    body: (invocation: Invocation) => Promise<CommandResult>,
  ): (...parameters: unknown[]) => Promise<void>;
}

/** What the module of a command exports: it adds the command below its role's command. */
export type RegisterCommand = (parent: Command, context: CommandContext) => void;

const EXIT_CODES_OF_SIGNALS: Readonly<Record<string, ExitCode>> = {
  SIGTERM: exitCodes.terminated,
  SIGPIPE: exitCodes.unread,
};

/** Adds the options that every command has. */
export function addGlobalOptions(program: Command): Command {
  return program
    .option("--json", "print the result as one line of JSON")
    .option("--verbose", "log what is going on, and show stack traces")
    .option("--config <path>", "configuration file (default: commonweight.config.json)")
    .option("--network <name>", "network of the configuration (default: embedded)")
    .option("--rpc-url <url>", "JSON-RPC endpoint, instead of the network's")
    .option("--state <folder>", "folder for databases, blocks and keys")
    .option("--log-level <level>", "trace, debug, info, warn, error or silent");
}

const text = (value: unknown) => (typeof value === "string" ? value : undefined);

/** An interruption is no failure of anybody's, but whoever reads JSON has to read it. */
const stoppedJson = (reason: unknown) =>
  toJson({
    error: {
      code: "stopped",
      message: `stopped by ${String(reason)}`,
      hint: "Run the command again: what was done before stays done.",
    },
  });

/**
 * The frame around every command: reads the configuration, prints the result or the failure, and reports the
 * exit status.
 *
 * @param options.setExitCode Called once per command.
 */
export function createCommandContext(options: {
  terminal: Terminal;
  environment: Environment;
  signal: AbortSignal;
  folder: string;
  setExitCode: (code: ExitCode) => void;
}): CommandContext {
  const { terminal, environment, signal, folder, setExitCode } = options;

  const invocationOf = (command: Command): Invocation => {
    const given = command.optsWithGlobals<Record<string, unknown>>();
    const isJson = given.json === true;
    const isVerbose = given.verbose === true;
    const config = loadConfig({
      folder,
      environment,
      overrides: {
        configPath: text(given.config),
        network: text(given.network),
        rpcUrl: text(given.rpcUrl),
        stateFolder: text(given.state),
        logLevel: text(given.logLevel) ?? (isVerbose ? "debug" : undefined),
      },
    });
    // A command logs when asked to; a service asks for it itself with `createLogger`.
    const isLogged =
      isVerbose || given.logLevel !== undefined || "COMMONWEIGHT_LOG_LEVEL" in environment;
    return {
      args: command.processedArgs,
      options: given,
      config,
      environment,
      terminal,
      logger: isLogged ? createLogger({ level: config.logLevel }) : silentLogger,
      signal,
      isJson,
      progress: (line) => {
        if (!isJson) terminal.writeProgress(line);
      },
    };
  };

  return {
    action:
      (body) =>
      async (...parameters) => {
        // commander passes the arguments, the options and, last, the command itself.
        const command = parameters.at(-1) as Command;
        const given = command.optsWithGlobals<{ json?: boolean; verbose?: boolean }>();
        try {
          const result = await body(invocationOf(command));
          terminal.writeProgress("");
          if (result.isShown !== true) {
            terminal.writeResult(given.json === true ? toJson(result.data) : result.text);
          }
          setExitCode(result.isNegative === true ? exitCodes.negative : exitCodes.success);
        } catch (error) {
          if (signal.aborted) {
            terminal.writeMessage(given.json === true ? stoppedJson(signal.reason) : "stopped");
            setExitCode(EXIT_CODES_OF_SIGNALS[String(signal.reason)] ?? exitCodes.interrupted);
            return;
          }
          const shown = showFailure(error, {
            isJson: given.json === true,
            isVerbose: given.verbose === true,
          });
          terminal.writeMessage(shown.text);
          setExitCode(shown.exitCode);
        }
      },
  };
}
