import type { Chain } from "../../adapters/chain/connect.ts";
import { chainErrors } from "../../adapters/chain/errors.ts";
import {
  type RoundOpening,
  settleAndOpenRound,
  settleRound,
} from "../../adapters/chain/rounds/round.ts";
import type { Receipt } from "../../adapters/chain/transactions/transaction-receipt.ts";
import { isErrorOf } from "../../protocol/errors.ts";
import type { SettleRequest } from "../../protocol/round/settlement.ts";

/** A settlement that was mined. */
export interface MinedSettlement {
  readonly receipt: Receipt;
  /** Whether the next round was opened in the same transaction. */
  readonly isNextOpen: boolean;
}

/**
 * Settles a round, and opens the next one in the same transaction where that can be: a transaction less, and trainers go on a block
 * earlier. When the contract will not open it (somebody left, the owner announced a stop), the round is settled all the same.
 *
 * @param next Opens the next round; undefined when what it takes is not here.
 * @throws CW2201 when the contract refuses the settlement, CW2203 when it was mined and failed.
 */
export async function settleAndOpen(
  chain: Chain,
  settlement: SettleRequest,
  next: RoundOpening | undefined,
): Promise<MinedSettlement> {
  if (next !== undefined) {
    try {
      return { receipt: await settleAndOpenRound(chain, settlement, next), isNextOpen: true };
    } catch (error) {
      // Whose fault it was, the settlement by itself tells.
      const isRefusal =
        isErrorOf(error, chainErrors.refused) || isErrorOf(error, chainErrors.failed);
      if (!isRefusal) throw error;
    }
  }
  return { receipt: await settleRound(chain, settlement), isNextOpen: false };
}
