import { id } from "ethers";
import { type Chain, type SendOptions, send } from "./connect.ts";
import type { VaultPermit } from "./tokens/permit.ts";
import type { Receipt } from "./transactions/transaction-receipt.ts";

/** A call of the market. */
export interface MarketCall {
  readonly method: string;
  readonly args: readonly unknown[];
}

/** The call that uses a permit. */
export const permitCall = (permit: VaultPermit): MarketCall => ({
  method: "permit",
  args: [permit.token, permit.amountWei, permit.deadline, permit.v, permit.r, permit.s],
});

/**
 * Sends a call of the market, and what has to come before it, in one transaction: all of it happens, or nothing.
 *
 * @param first Calls that come before.
 * @throws As {@link send}.
 */
export async function sendMarketCall(
  chain: Chain,
  call: MarketCall,
  first: readonly MarketCall[] = [],
  options: SendOptions = {},
): Promise<Receipt> {
  if (first.length === 0) return send(chain, chain.market, call.method, call.args, options);
  const encode = ({ method, args }: MarketCall) =>
    chain.market.interface.encodeFunctionData(method, args);
  const data = encode(call);
  return send(chain, chain.market, "multicall", [[...first.map(encode), data]], {
    // What it is for does not depend on what comes before: a permit is another one each time.
    purpose: `${call.method}/${id(`${chain.addresses.market}/${data}`)}`,
    ...options,
  });
}
