import type { Chain } from "./connect.ts";
import { readBalance, wrapNative } from "./token.ts";

/** Wraps as much native coin as this account lacks, when the token is the market's own wrapper of it. */
export async function topUpWrapped(chain: Chain, token: string, neededWei: bigint): Promise<void> {
  if (token.toLowerCase() !== chain.addresses.wrappedNative.toLowerCase()) return;
  const balance = await readBalance(chain, token, chain.account as string);
  if (balance < neededWei) await wrapNative(chain, neededWei - balance);
}
