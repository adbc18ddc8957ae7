import type { DevelopmentAccount } from "../adapters/chain/accounts/development-accounts.ts";

/** Who signs with which account in the market on one machine. */
export interface MarketAccounts {
  readonly deployer: DevelopmentAccount;
  readonly owner: DevelopmentAccount;
  readonly referee: DevelopmentAccount;
  /** The aggregator in charge, and the standby. */
  readonly aggregators: readonly [DevelopmentAccount, DevelopmentAccount];
  readonly trainers: readonly DevelopmentAccount[];
}

/** Accounts before this one are for whoever is no trainer. */
const FIRST_TRAINER = 10;

/** How many accounts a market with so many trainers has. */
export const marketAccountCount = (trainers: number): number => FIRST_TRAINER + trainers;

/**
 * Shares a chain's accounts out.
 *
 * @throws RangeError when there are fewer than {@link marketAccountCount}.
 */
export function marketAccounts(
  accounts: readonly DevelopmentAccount[],
  trainers: number,
): MarketAccounts {
  const account = (index: number): DevelopmentAccount => {
    const found = accounts[index];
    if (found === undefined) throw new RangeError(`${accounts.length} accounts are too few`);
    return found;
  };
  return {
    deployer: account(0),
    owner: account(1),
    referee: account(2),
    aggregators: [account(3), account(4)],
    trainers: Array.from({ length: trainers }, (_, index) => account(FIRST_TRAINER + index)),
  };
}
