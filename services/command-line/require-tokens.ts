import type { Chain } from "../adapters/chain/connect.ts";
import { chainErrors } from "../adapters/chain/errors.ts";
import { readBalance, readNativeBalance } from "../adapters/chain/tokens/token.ts";
import { isSameAddress } from "../protocol/address.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { amountText, NATIVE_COIN, type TokenUnit } from "../protocol/market/token-amount.ts";

/**
 * Looks whether this account has an amount before anything is asked or sent; what it lacks of the network coin's wrapper is wrapped on
 * the way. A slip in an amount meets its own reading here, instead of a transaction that fails.
 *
 * @throws CW2202 with the amount as it was understood, and what is there.
 */
export async function requireTokens(
  chain: Chain,
  needed: { readonly token: string; readonly amountWei: bigint; readonly unit: TokenUnit },
): Promise<void> {
  const { token, amountWei, unit } = needed;
  const account = chain.account as string;
  const hasWei = await readBalance(chain, token, account);
  if (hasWei >= amountWei) return;
  const isWrapper = isSameAddress(token, chain.addresses.wrappedNative);
  const coinWei = isWrapper ? await readNativeBalance(chain, account) : 0n;
  if (hasWei + coinWei >= amountWei) return;
  const has = [
    ...(isWrapper ? [amountText(coinWei, NATIVE_COIN)] : []),
    amountText(hasWei, unit),
  ].join(" and ");
  throw new CommonweightError(
    chainErrors.insufficientFunds,
    `${account} has ${has}, and this takes ${amountText(amountWei, unit)} (${amountWei} wei)`,
    {
      details: { account, token, amountWei, hasWei, coinWei },
    },
  );
}
