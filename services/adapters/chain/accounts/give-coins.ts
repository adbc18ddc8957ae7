import { toChainError } from "../errors.ts";
import { connectDeployer } from "./connect-deployer.ts";
import type { DevelopmentAccount } from "./development-accounts.ts";

/** The chain number of development nodes; no real chain has it. */
const DEVELOPMENT_CHAIN_ID = 31337n;

/**
 * Sends coins of a development chain from one of its well-known accounts.
 *
 * @returns Each account's balance afterwards, in wei.
 * @throws CW2200 when the node does not answer, CW2205 when it is of a real chain, CW2202 when the giver has too little.
 */
export async function giveCoins(options: {
  rpcUrl: string;
  giver: DevelopmentAccount;
  accounts: readonly string[];
  amountWei: bigint;
  onProgress?: (text: string) => void;
}): Promise<{ account: string; balanceWei: bigint }[]> {
  const { rpcUrl, giver, accounts, amountWei, onProgress } = options;
  const { signer, close } = await connectDeployer({
    rpcUrl,
    privateKey: giver.privateKey,
    chainId: DEVELOPMENT_CHAIN_ID,
  });
  try {
    const given: { account: string; balanceWei: bigint }[] = [];
    for (const account of accounts) {
      onProgress?.(`sending to ${account}`);
      const sent = await signer.sendTransaction({ to: account, value: amountWei });
      await sent.wait();
      const balanceWei = (await signer.provider?.getBalance(account)) ?? 0n;
      given.push({ account, balanceWei });
    }
    return given;
  } catch (cause) {
    throw toChainError(cause, "giving coins");
  } finally {
    close();
  }
}
