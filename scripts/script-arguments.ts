import { type ParseArgsConfig, parseArgs } from "node:util";

/** What somebody has typed means nothing, or can't be done; the message is for them, without a stack. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** `parseArgs`, whose own words for an unknown option, or for one without its value, are a {@link UsageError}'s. */
export function parseOptions<Config extends ParseArgsConfig>(
  config: Config,
): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs<Config>(config);
  } catch (error) {
    if (error instanceof TypeError && "code" in error) throw new UsageError(error.message);
    throw error;
  }
}

/** Ends a script whose command line means nothing: what is wrong, how it is used, and exit code 2. */
export function refuseArguments(problem: string, usage: string): never {
  process.stderr.write(`${problem}\n\n${usage}\n`);
  process.exit(2);
}

/**
 * Reads the command line of a script, as `parseArgs` does. `--help` ends it with its usage; so does what means nothing, where
 * Node would show a stack.
 */
export function readArguments<Config extends ParseArgsConfig>(
  usage: string,
  config: Config & { readonly args?: readonly string[] },
): ReturnType<typeof parseArgs<Config>> {
  const args = config.args ?? process.argv.slice(2);
  if (args.includes("--help")) {
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  }
  try {
    return parseOptions<Config>({ ...config, args });
  } catch (error) {
    if (error instanceof UsageError) refuseArguments(error.message, usage);
    throw error;
  }
}
