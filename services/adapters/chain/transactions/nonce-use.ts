import type { Chain } from "../connect.ts";
import { toChainError } from "../errors.ts";

/**
 * What became of the place that a transaction of this account has in its order: `used` by this one or another that is in a block,
 * `waiting` in a node, or `free`. The next transaction of the account takes a free one, and then no earlier one can be mined any more.
 */
export type NonceUse = "used" | "waiting" | "free";

/** Looks what became of a nonce, whatever version of the transaction it was: one that pays more has another hash. */
export async function readNonceUse(chain: Chain, nonce: number): Promise<NonceUse> {
  const account = chain.account as string;
  try {
    // First what has an end: a transaction that is mined in between is found in the block, not lost.
    const mined = await chain.provider.getTransactionCount(account, "latest");
    if (mined > nonce) return "used";
    const known = await chain.provider.getTransactionCount(account, "pending");
    return known > nonce ? "waiting" : "free";
  } catch (cause) {
    throw toChainError(cause, "looking for an earlier transaction");
  }
}
