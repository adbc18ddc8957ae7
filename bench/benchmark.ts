import { type Flags, type FlagValues, flagLines, readFlags, yes } from "./flags.ts";

/** What the file of a benchmark exports as `benchmark`. */
export interface Benchmark {
  /** One line for the list of benchmarks. */
  readonly title: string;
  /** Its flags; every benchmark has `--json` besides. */
  readonly flags: Flags;
  /** @throws {UsageError} for arguments that mean nothing, before anything is measured. */
  prepare(args: readonly string[]): () => Promise<void>;
  /** What `--help` says. */
  help(name: string): string;
}

const COMMON_FLAGS = { json: yes("the result as JSON") };

/** A benchmark out of its flags and what it does with their values. */
export function defineBenchmark<F extends Flags>({
  title,
  flags,
  run,
}: {
  readonly title: string;
  readonly flags: F;
  run(values: FlagValues<F & typeof COMMON_FLAGS>): Promise<void>;
}): Benchmark {
  const all = { ...flags, ...COMMON_FLAGS };
  return {
    ...{ title, flags: all },
    prepare(args) {
      const values = readFlags(all, args);
      return () => run(values);
    },
    help: (name) =>
      [`npm run bench -- ${name} [flags]: ${title}`, "", ...flagLines(all)].join("\n"),
  };
}
