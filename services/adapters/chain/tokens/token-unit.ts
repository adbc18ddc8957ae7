import { isSameAddress } from "../../../protocol/address.ts";
import { NATIVE_COIN, type TokenUnit } from "../../../protocol/market/token-amount.ts";
import type { AtBlock } from "../at-block.ts";
import type { Chain } from "../connect.ts";
import { isChainUnreachable } from "../errors.ts";
import { describeToken } from "./token.ts";

/** That of a token that says nothing of itself: its smallest unit. */
export const UNKNOWN_UNIT: TokenUnit = { symbol: "units", decimals: 0 };

/**
 * A token's own names and decimals; one that does not describe itself is counted in its smallest unit.
 *
 * @throws CW2200 rather than taking a token for one without decimals, because the node is away, CW2211 and CW2212 because nodes disagree or one is away.
 */
export async function readTokenUnit(
  chain: Chain,
  token: string,
  at: AtBlock = {},
): Promise<TokenUnit> {
  const isWrapper = isSameAddress(token, chain.addresses.wrappedNative);
  const { symbol, decimals } = await describeToken(chain, token, at).catch((error: unknown) => {
    if (isChainUnreachable(error)) throw error;
    return UNKNOWN_UNIT;
  });
  return { symbol, decimals, ...(isWrapper ? { alias: NATIVE_COIN.symbol } : {}) };
}
