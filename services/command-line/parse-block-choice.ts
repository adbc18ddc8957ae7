import { InvalidArgumentError } from "commander";
import type { BlockChoice } from "../adapters/chain/rpc/final-block.ts";

const TAGS: readonly BlockChoice[] = ["latest", "safe", "finalized"];

/** A block as the command line names it. @throws InvalidArgumentError for what is neither a name nor a number. */
export function parseBlockChoice(text: string): BlockChoice {
  const tag = TAGS.find((each) => each === text);
  if (tag !== undefined) return tag;
  const block = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(block)) {
    throw new InvalidArgumentError("latest, safe, finalized or the number of a block, please");
  }
  return block;
}
