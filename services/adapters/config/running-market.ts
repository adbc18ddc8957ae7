import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { NetworkConfig } from "./network-config.ts";

/**
 * Where `commonweight up` writes the configuration of the market it runs, and where other commands with the same state folder
 * find it: the network `embedded` is that market.
 */
export function runningMarketPath(stateFolder: string): string {
  return join(stateFolder, "market", "commonweight.config.json");
}

/** The market that runs, or was killed, as its configuration has it, unchecked; undefined when there is none. */
export function readRunningMarket(path: string): NetworkConfig | undefined {
  try {
    const file = JSON.parse(readFileSync(path, "utf8")) as {
      networks?: { embedded?: NetworkConfig };
    };
    return file.networks?.embedded;
  } catch {
    // Written by a program that may have been killed in the middle: then there is no market to be found.
    return undefined;
  }
}
