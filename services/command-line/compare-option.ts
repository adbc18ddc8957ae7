import { type Command, InvalidArgumentError } from "commander";
import type { Invocation } from "./command-context.ts";

/** Adds `--compare-rpc` to a command that only reads. */
export const addCompareOption = (command: Command): Command =>
  command.option(
    "--compare-rpc <url>",
    "another node of the chain, which has to give the same answers; may be repeated",
    collectUrl,
    [],
  );

/** The nodes that were named with it. */
export const comparedNodes = ({ options }: Pick<Invocation, "options">): readonly string[] =>
  (options.compareRpc as readonly string[] | undefined) ?? [];

function collectUrl(url: string, others: readonly string[]): readonly string[] {
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ""))
    throw new InvalidArgumentError("an http or https address, please");
  return [...others, url];
}
