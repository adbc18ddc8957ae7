import { concat, keccak256, Mnemonic, toUtf8Bytes } from "ethers";
import { type DevelopmentAccount, developmentAccounts } from "./development-accounts.ts";
import { openWallet } from "./open-wallet.ts";

/**
 * Accounts that follow from a key and a purpose: whoever has the key has them again, so nothing needs to be kept, and nobody else knows
 * them.
 *
 * @throws CW2210 when the key is none.
 */
export function derivedAccounts(
  privateKey: string,
  purpose: string,
  count: number,
): DevelopmentAccount[] {
  const key = openWallet(privateKey).privateKey;
  const entropy = keccak256(concat([toUtf8Bytes(`commonweight/${purpose}/`), key]));
  return developmentAccounts(Mnemonic.fromEntropy(entropy).phrase, count);
}
