import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { repositoryRoot } from "../../scripts/repository.ts";
import type { PlayedMarket } from "../cli/played-market.ts";

/** The trainer of a played market whose worker is a process of its own, for tests that kill it. */
export const VICTIM = "trainer-1";

/** Starts that worker, always in the same state folder; what it says comes as JSON lines. */
export function startVictim(
  market: PlayedMarket,
  options: readonly string[] = [],
): ChildProcess & { readonly stdout: Readable } {
  return spawn(
    process.execPath,
    [
      ...[`${repositoryRoot}services/main.ts`, "worker", "run", "1", "--json"],
      ...["--data", `${market.folder}/samples.csv`, "--seed", "the same", "--threads", "1"],
      ...["--state", `${market.folder}/victim`, ...options],
    ],
    {
      cwd: market.folder,
      stdio: ["ignore", "pipe", "ignore"],
      env: {
        PATH: process.env.PATH ?? "",
        NODE_NO_WARNINGS: "1",
        COMMONWEIGHT_PRIVATE_KEY: market.privateKeyOf(VICTIM),
      },
    },
  );
}
