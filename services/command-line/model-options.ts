import type { Command } from "commander";
import { parseRoundIndex } from "./parse-project-id.ts";

/** Adds `--round` and `--model`: which of a project's models is meant, by the round that made it or by its version. */
export const addModelChoice = (command: Command): Command =>
  command
    .option("--round <number>", "the model that this round made, from 0", parseRoundIndex)
    .option(
      "--model <version>",
      "the model of this version; 0 is the initial one (default: newest)",
    );

/** Adds what fetching and verifying a model takes: `--key` for private projects, and `--srs`. */
export const addReaderOptions = (command: Command): Command =>
  command
    .option(
      "--key <file>",
      "encryption key of a reader, for a private project (default: the state folder's)",
    )
    .option("--srs <file>", "powers of tau of the network's ceremony (.ptau)");
