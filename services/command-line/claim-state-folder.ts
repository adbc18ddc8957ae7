import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import type { Chain } from "../adapters/chain/connect.ts";
import { databaseErrors } from "../adapters/database.ts";
import { isSameAddress } from "../protocol/address.ts";
import { CommonweightError, defineErrors } from "../protocol/errors.ts";

export const stateFolderErrors = defineErrors([6550, 6559], {
  otherAccount: {
    code: "CW6550",
    title: "The state folder holds the work of another account or market",
    hint: "Run with the key and the network that the folder was begun with, or name another folder with --state. Nothing was sent.",
  },
});

const recordSchema = z.object({ account: z.string(), chainId: z.number(), market: z.string() });

/**
 * Binds a role's state folder to the account and market that it is first used with. What lies in it are commitments, keys and
 * rounds by their number alone: under another account they would be handed in as that account's own.
 *
 * @param path The role's file in its folder.
 * @throws CommonweightError CW6550 when the folder was begun with another account or for another market, CW2701 when it cannot be written.
 */
export function claimStateFolder(
  path: string,
  { account, chainId, addresses }: Pick<Chain, "account" | "chainId" | "addresses">,
): void {
  const own = { account: account as string, chainId: Number(chainId), market: addresses.market };
  const found = readRecord(path);
  if (found === undefined) {
    writeRecord(path, own);
    return;
  }
  const isOurs =
    isSameAddress(found.account, own.account) &&
    isSameAddress(found.market, own.market) &&
    found.chainId === own.chainId;
  if (isOurs) return;
  const words = (each: typeof own) =>
    `${each.account} on chain ${each.chainId}, market ${each.market}`;
  throw new CommonweightError(
    stateFolderErrors.otherAccount,
    `${path} is of ${words(found)}; this is ${words(own)}`,
  );
}

function writeRecord(path: string, record: z.infer<typeof recordSchema>): void {
  try {
    writeFileSync(path, `${JSON.stringify(record)}\n`);
  } catch (cause) {
    throw new CommonweightError(databaseErrors.cannotWrite, path, { cause });
  }
}

/** Undefined when there is none, or a crash cut it short: whoever comes next begins it again. */
function readRecord(path: string): z.infer<typeof recordSchema> | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return recordSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined;
  }
}
