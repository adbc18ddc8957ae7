import type { AtBlock } from "../at-block.ts";
import { type Chain, call } from "../connect.ts";
import { type EventPlace, findProjectEvents } from "../project-events.ts";
import { readBalance } from "../tokens/token.ts";

/** Money that the vault moved for a project; `kept`: owed to a payee whose transfer failed. */
export interface VaultMove extends EventPlace {
  readonly kind: "deposited" | "paid" | "kept";
  /** Who deposited, or who was paid. */
  readonly account: string;
  readonly token: string;
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

/** All movements of a project's money, oldest first. @throws CW2200 when the chain is away. */
export async function readVaultMoves(
  chain: Chain,
  projectId: bigint,
  range: { readonly fromBlock: number; readonly toBlock: number },
): Promise<VaultMove[]> {
  const found = await findProjectEvents(chain, projectId, range, chain.vault);
  return found.flatMap(({ name, args, place }) => {
    const kind = kinds[name];
    if (kind === undefined) return [];
    const account = String(kind === "deposited" ? args.from : args.payee);
    const token = String(args.token);
    return [{ ...place, kind, account, token, amountWei: args.amountWei as bigint }];
  });
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
