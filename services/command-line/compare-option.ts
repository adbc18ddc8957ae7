import { type Command, InvalidArgumentError } from "commander";
import { selectedNetwork } from "../adapters/config/config.ts";
import type { Invocation } from "./command-context.ts";

/** Adds `--compare-rpc` to a command that believes what nodes say. */
export const addCompareOption = (command: Command): Command =>
  command.option(
    "--compare-rpc <url>",
    "another node of the chain, which has to give the same answers; may be repeated",
    collectUrl,
  );

/** The nodes that were named with it, and those of the selected network's `compareRpcUrls`. */
export function comparedNodes({
  config,
  options,
}: Pick<Invocation, "config" | "options">): readonly string[] {
  const named = (options.compareRpc as readonly string[] | undefined) ?? [];
  return [...new Set([...(selectedNetwork(config).compareRpcUrls ?? []), ...named])];
}

function collectUrl(url: string, others: readonly string[] = []): readonly string[] {
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? ""))
    throw new InvalidArgumentError("an http or https address, please");
  return [...others, url];
}
