import type { Chain } from "../connect.ts";
import { toChainError } from "../errors.ts";
import { findEvents } from "../project-events.ts";

/** A transaction that added budget to a project. */
export interface AddedBudget {
  readonly amountWei: bigint;
  readonly transactionHash: string;
}

/**
 * The budget that this account added by its transaction of this nonce.
 *
 * @param at.fromBlock The newest block when it was signed.
 * @returns undefined when no block has it. A node that tells of the event and not of its transaction is believed to mean this one.
 */
export async function findAddedBudget(
  chain: Chain,
  projectId: bigint,
  at: { readonly fromBlock: number; readonly nonce: number },
): Promise<AddedBudget | undefined> {
  const { fromBlock, nonce } = at;
  const found = await findEvents(chain, "BudgetAdded", [projectId, chain.account], { fromBlock });
  for (const { args, place } of found) {
    const { transactionHash } = place;
    const sent = await chain.provider.getTransaction(transactionHash).catch((cause: unknown) => {
      throw toChainError(cause, "reading a transaction");
    });
    if (sent === null || sent.nonce === nonce)
      return { amountWei: args.amountWei, transactionHash };
  }
  return undefined;
}
