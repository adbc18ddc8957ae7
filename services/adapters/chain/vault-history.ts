import { toBeHex, zeroPadValue } from "ethers";
import { type Chain, call } from "./connect.ts";
import { toChainError } from "./errors.ts";
import type { AtBlock } from "./project.ts";
import type { EventPlace } from "./project-events.ts";
import { readBalance } from "./token.ts";

/** Money that the vault moved for a project; `kept`: owed to a payee whose transfer failed. */
export interface VaultMove extends EventPlace {
  readonly kind: "deposited" | "paid" | "kept";
  /** Who deposited, or who was paid. */
  readonly account: string;
  readonly amountWei: bigint;
}

/** What the vault says of itself at one moment. */
export interface VaultState {
  /** What it holds for the project. */
  readonly potWei: bigint;
  /** What it owes of this token to all projects and payees together. */
  readonly owedWei: bigint;
  /** What it has of this token. */
  readonly balanceWei: bigint;
}

const kinds: Readonly<Record<string, VaultMove["kind"]>> = {
  Deposited: "deposited",
  Paid: "paid",
  PaymentKept: "kept",
};

/** Public RPC nodes refuse wide ranges. */
const BLOCKS_PER_QUERY = 10_000;

/** All movements of a project's money, oldest first. @throws CW2200 when the chain is away. */
export async function readVaultMoves(
  chain: Chain,
  projectId: bigint,
  range: { readonly fromBlock: number; readonly toBlock: number },
): Promise<VaultMove[]> {
  const moves: VaultMove[] = [];
  try {
    for (let from = range.fromBlock; from <= range.toBlock; from += BLOCKS_PER_QUERY) {
      const logs = await chain.provider.getLogs({
        address: chain.addresses.vault,
        topics: [null, zeroPadValue(toBeHex(projectId), 32)],
        fromBlock: from,
        toBlock: Math.min(from + BLOCKS_PER_QUERY - 1, range.toBlock),
      });
      for (const log of logs) {
        const parsed = chain.vault.interface.parseLog(log);
        const kind = kinds[parsed?.name ?? ""];
        if (parsed === null || kind === undefined) continue;
        moves.push({
          kind,
          account: String(kind === "deposited" ? parsed.args.from : parsed.args.payee),
          amountWei: parsed.args.amountWei as bigint,
          blockNumber: log.blockNumber,
          transactionHash: log.transactionHash,
        });
      }
    }
  } catch (cause) {
    throw toChainError(cause, `reading the money of project ${projectId}`);
  }
  return moves;
}

/** Pot, debts and balance of the vault. @throws CW2200 when the chain is away. */
export async function readVaultState(
  chain: Chain,
  { projectId, token }: { readonly projectId: bigint; readonly token: string },
  at: AtBlock = {},
): Promise<VaultState> {
  const [pot, owedWei, balanceWei] = await Promise.all([
    call<{ amountWei: bigint }>(chain.vault, "potOf", projectId, at),
    call<bigint>(chain.vault, "owed", token, at),
    readBalance(chain, token, chain.addresses.vault, at),
  ]);
  return { potWei: pot.amountWei, owedWei, balanceWei };
}
