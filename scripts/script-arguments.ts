import { type ParseArgsConfig, parseArgs } from "node:util";

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
    return parseArgs<Config>({ ...config, args });
  } catch (error) {
    // Node's own words for an unknown option, or for one without its value.
    if (error instanceof TypeError && "code" in error) refuseArguments(error.message, usage);
    throw error;
  }
}
