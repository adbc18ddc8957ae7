import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { z } from "zod";
import type { Chain } from "../adapters/chain/connect.ts";
import { genesisHash } from "../adapters/chain/genesis-hash.ts";
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

const recordSchema = z.object({
  account: z.string(),
  chainId: z.number(),
  /** Absent where the node did not have the first block, and in folders from before it was asked for. */
  genesis: z.string().optional(),
  market: z.string(),
});

type Claim = z.infer<typeof recordSchema>;

/**
 * Binds a role's state folder to the account and market that it is first used with. What lies in it are commitments, keys and
 * rounds by their number alone: under another account, or on a development chain that has begun anew, they would be handed in as that
 * account's own.
 *
 * @param path The role's file in its folder.
 * @throws CommonweightError CW6550 when the folder was begun with another account or for another market, CW2701 when it cannot be
 *   written, CW2200 when the chain cannot be read.
 */
export async function claimStateFolder(
  path: string,
  chain: Pick<Chain, "account" | "chainId" | "addresses"> & Parameters<typeof genesisHash>[0],
): Promise<void> {
  const { account, chainId, addresses } = chain;
  const own: Claim = {
    account: account as string,
    chainId: Number(chainId),
    genesis: await genesisHash(chain),
    market: addresses.market,
  };
  const found = readRecord(path);
  if (found !== undefined && !isSame(found, own)) {
    const words = ({ account, chainId, genesis, market }: Claim) =>
      `${account} on chain ${chainId}${genesis === undefined ? "" : ` that began with block ${genesis}`}, market ${market}`;
    throw new CommonweightError(
      stateFolderErrors.otherAccount,
      `${path} is of ${words(found)}; this is ${words(own)}`,
    );
  }
  const isLearnt = found?.genesis === undefined && own.genesis !== undefined;
  if (found === undefined || isLearnt) writeRecord(path, own);
}

/** What one of the two does not know of the chain's beginning is no difference. */
const isSame = (left: Claim, right: Claim) =>
  isSameAddress(left.account, right.account) &&
  isSameAddress(left.market, right.market) &&
  left.chainId === right.chainId &&
  (left.genesis ?? right.genesis) === (right.genesis ?? left.genesis);

function writeRecord(path: string, record: Claim): void {
  try {
    writeFileSync(path, `${JSON.stringify(record)}\n`);
  } catch (cause) {
    throw new CommonweightError(databaseErrors.cannotWrite, path, { cause });
  }
}

/** Undefined when there is none, or a crash cut it short: whoever comes next begins it again. */
function readRecord(path: string): Claim | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return recordSchema.parse(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return undefined;
  }
}
