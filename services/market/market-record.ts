import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { MarketAddresses } from "../adapters/chain/addresses.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { fromJson, toJson } from "../protocol/json.ts";
import { marketErrors } from "./errors.ts";
import type { MarketOptions } from "./market-plan.ts";

/** What a market needs to go on where it was stopped, besides the chain and everybody's own folder. */
export interface MarketRecord {
  readonly version: 1;
  readonly startedAt: string;
  readonly options: MarketOptions;
  readonly addresses: MarketAddresses;
  readonly projectId: bigint;
}

const FILE_NAME = "market.json";

/** Where the chain of a market that is kept lies. */
export const chainStatePath = (stateFolder: string) => join(stateFolder, "chain.json");

/** Keeps a market that can be continued: from when its project is posted. */
export function saveMarketRecord(stateFolder: string, record: MarketRecord): void {
  writeFileSync(join(stateFolder, FILE_NAME), `${toJson(record)}\n`);
}

/**
 * The market that was stopped in this folder; undefined when there is none.
 *
 * @throws CW6007 for one that cannot be read, or whose chain is gone.
 */
export function findMarketRecord(stateFolder: string): MarketRecord | undefined {
  const path = join(stateFolder, FILE_NAME);
  if (!existsSync(path)) return undefined;
  let record: MarketRecord;
  try {
    record = fromJson(readFileSync(path, "utf8")) as MarketRecord;
  } catch (cause) {
    throw new CommonweightError(marketErrors.record, path, { cause });
  }
  if (record.version !== 1 || typeof record.projectId !== "bigint") {
    throw new CommonweightError(marketErrors.record, `${path}: not of this version`);
  }
  if (!existsSync(chainStatePath(stateFolder))) {
    throw new CommonweightError(marketErrors.record, `no ${chainStatePath(stateFolder)}`);
  }
  return record;
}
