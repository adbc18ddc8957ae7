import { parseOptions, UsageError } from "../scripts/script-arguments.ts";

/** A flag of a benchmark: `--name value`, or `--name` alone. */
export interface Flag<Value> {
  /** What it does, for the list of flags. */
  readonly help: string;
  /** What stands for it when it is left out; undefined where that means something of its own. */
  readonly fallback: string | undefined;
  readonly isAlone: boolean;
  /** What it takes, where these are all; a line each in the list of flags. */
  readonly names?: readonly string[];
  /** @throws {UsageError} for a text that means nothing here, in words that follow "--name ". */
  read(text: string): Value;
}

/** The flags of a benchmark, by their names. */
export type Flags = Readonly<Record<string, Flag<unknown>>>;

/** What a benchmark is called with. */
export type FlagValues<F extends Flags> = {
  readonly [Name in keyof F]: ReturnType<F[Name]["read"]> | MissingValue<F[Name]>;
};
type MissingValue<F> = F extends { readonly fallback: undefined } ? undefined : never;

const flag = <Value>(help: string, fallback: string, read: (text: string) => Value) => ({
  ...{ help, fallback, read },
  isAlone: false as const,
});

function readCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new UsageError(`takes a whole number from 1, not "${text}"`);
  return Number(text);
}

/** A whole number from 1. */
export const count = (help: string, fallback: number) => flag(help, String(fallback), readCount);

/** Whole numbers from 1, with commas between them. */
export const counts = (help: string, fallback: readonly number[]) =>
  flag(help, fallback.join(), (text): readonly number[] => text.split(",").map(readCount));

/** A number above 0. */
export const factor = (help: string, fallback: number) =>
  flag(help, String(fallback), (text) => {
    const value = Number(text);
    if (!(value > 0 && value < Number.POSITIVE_INFINITY)) {
      throw new UsageError(`takes a number above 0, not "${text}"`);
    }
    return value;
  });

/** One of some names. */
export const choice = <Name extends string>(help: string, names: readonly Name[], fallback: Name) =>
  flag(help, fallback, (text): Name => {
    const found = names.find((name) => name === text);
    if (found === undefined)
      throw new UsageError(`takes one of ${names.join(", ")}, not "${text}"`);
    return found;
  });

/** Some of some names, or of their beginnings, with a separator between them; all of them without the flag. */
export const choices = (help: string, names: readonly string[], separator = ",") => ({
  ...flag(
    `${help}; some of these, with "${separator}" between them:`,
    names.join(separator),
    (text) =>
      text.split(separator).flatMap((part) => {
        const meant = names.filter((name) => name === part);
        const found = meant.length > 0 ? meant : names.filter((name) => name.startsWith(part));
        if (part === "" || found.length === 0) {
          throw new UsageError(`takes some of ${names.join(separator)}, not "${part}"`);
        }
        return found;
      }),
  ),
  names,
});

/** A path of a file, which may be left out. */
export const file = (help: string) => ({
  ...{ help, fallback: undefined, isAlone: false as const },
  read: (text: string) => text,
});

/** A flag without a value. */
export const yes = (help: string) => ({
  ...{ help, fallback: "", isAlone: true as const },
  read: (text: string) => text !== "",
});

/**
 * Reads a benchmark's arguments.
 *
 * @throws {UsageError} for whatever means nothing, in words for whoever has typed it.
 */
export function readFlags<F extends Flags>(flags: F, args: readonly string[]): FlagValues<F> {
  const values = typedValues(flags, args);
  const read = Object.entries(flags).map(([name, each]) => {
    const text = values[name] === true ? "yes" : (values[name] ?? each.fallback);
    try {
      return [name, text === undefined ? undefined : each.read(text as string)];
    } catch (error) {
      if (error instanceof UsageError) throw new UsageError(`--${name} ${error.message}`);
      throw error;
    }
  });
  return Object.fromEntries(read) as FlagValues<F>;
}

function typedValues(flags: Flags, args: readonly string[]) {
  const options = Object.entries(flags).map(([name, { isAlone }]) => {
    return [name, { type: isAlone ? "boolean" : "string" }] as const;
  });
  return parseOptions({ args: [...args], options: Object.fromEntries(options) }).values;
}

/** One line a flag, and one for each name that it takes. */
export function flagLines(flags: Flags): string[] {
  return Object.entries(flags).flatMap(([name, { help, fallback, isAlone, names = [] }]) => {
    const typed = isAlone
      ? `--${name}`
      : `--${name} <${fallback === undefined ? "path" : "value"}>`;
    const without = fallback ? ` (${fallback.length > 40 ? "all" : fallback})` : "";
    return [`  ${typed.padEnd(24)} ${help}${without}`, ...names.map((each) => `      ${each}`)];
  });
}
