import { type Chain, chainTime } from "./connect.ts";
import { type MarketCall, permitCall } from "./market-calls.ts";
import { isPermitTaken, readPermitDomain, signPermit } from "./permit.ts";
import { approveVault, readAllowance } from "./token.ts";

/** How long a permit holds that is used at once: nodes that are away are waited for. */
const PERMIT_SECONDS = 600;

/**
 * Lets the vault take an amount, for a single call of the market that takes it: by a permit where the token has them, which saves a
 * transaction, and by an approval where it has none.
 *
 * @returns The calls that must come first in that call's transaction.
 */
export async function allowDeposit(
  chain: Chain,
  token: string,
  amountWei: bigint,
): Promise<readonly MarketCall[]> {
  if ((await readAllowance(chain, token)) >= amountWei) return [];
  const domain = await readPermitDomain(chain, token);
  if (domain !== undefined) {
    const deadline = BigInt((await chainTime(chain)) + PERMIT_SECONDS);
    const permit = await signPermit(chain, domain, { amountWei, deadline });
    if (await isPermitTaken(chain, permit)) return [permitCall(permit)];
  }
  await approveVault(chain, token, amountWei);
  return [];
}
