import { FetchRequest, JsonRpcProvider, NonceManager, type Signer } from "ethers";
import { CommonweightError } from "../../../protocol/errors.ts";
import { exactAmount } from "../../../protocol/market/token-amount.ts";
import { chainErrors, toChainError } from "../errors.ts";
import { openWallet } from "./open-wallet.ts";

/** What an account is to have at least. */
export interface Endowment {
  readonly account: string;
  readonly leastWei: bigint;
}

const TIMEOUT_MS = 15_000;

async function withProvider<T>(
  rpcUrl: string,
  doing: string,
  work: (provider: JsonRpcProvider) => Promise<T>,
): Promise<T> {
  // Never asked twice: an unlocked account would send twice.
  const request = new FetchRequest(rpcUrl);
  request.timeout = TIMEOUT_MS;
  const provider = new JsonRpcProvider(request, undefined, {
    ...{ staticNetwork: true, cacheTimeout: -1, pollingInterval: 500 },
  });
  try {
    return await work(provider);
  } catch (cause) {
    throw toChainError(cause, doing);
  } finally {
    provider.destroy();
  }
}

/** Chain number and gas price of a node. @throws CW2200 when nothing answers there like a node. */
export const readNode = (
  rpcUrl: string,
): Promise<{ readonly chainId: bigint; readonly gasPriceWei: bigint }> =>
  withProvider(rpcUrl, `connecting to ${rpcUrl}`, async (provider) => ({
    chainId: BigInt(await provider.send("eth_chainId", [])),
    gasPriceWei: BigInt(await provider.send("eth_gasPrice", [])),
  }));

/** The unlocked account of the node that has most. */
async function richestAccount(provider: JsonRpcProvider): Promise<Signer | undefined> {
  const accounts = (await provider.send("eth_accounts", [])) as string[];
  const balances = await Promise.all(accounts.map((account) => provider.getBalance(account)));
  const most = balances.reduce((best, each, i) => (each > (balances[best] ?? 0n) ? i : best), 0);
  return accounts[most] === undefined ? undefined : provider.getSigner(accounts[most]);
}

/**
 * Sends accounts what they lack, from a key, or from an unlocked account of the node.
 *
 * @param options.extraWei What sending itself may cost, for all of them.
 * @returns What was sent, in wei.
 * @throws CW2202 with what is there and what is needed, before anything is sent.
 */
export async function fundAccounts(options: {
  readonly rpcUrl: string;
  readonly privateKey?: string | undefined;
  readonly endowments: readonly Endowment[];
  readonly extraWei: bigint;
  readonly onProgress?: (text: string) => void;
}): Promise<bigint> {
  const { rpcUrl, privateKey, endowments, extraWei, onProgress } = options;
  return withProvider(rpcUrl, "sending coins to the market's accounts", async (provider) => {
    const lacking = await Promise.all(
      endowments.map(async ({ account, leastWei }) => {
        const hasWei = await provider.getBalance(account);
        return { account, amountWei: leastWei > hasWei ? leastWei - hasWei : 0n };
      }),
    );
    const sumWei = lacking.reduce((sum, { amountWei }) => sum + amountWei, 0n);
    if (sumWei === 0n) return 0n;
    const signer =
      privateKey === undefined
        ? await richestAccount(provider)
        : new NonceManager(openWallet(privateKey).connect(provider));
    const coins = (amountWei: bigint) => `${exactAmount(amountWei, 18)} coins`;
    if (signer === undefined) {
      throw new CommonweightError(
        chainErrors.insufficientFunds,
        `the market's accounts lack ${coins(sumWei)}, and the node has no unlocked account to send them from`,
      );
    }
    const from = await signer.getAddress();
    const hasWei = await provider.getBalance(from);
    if (hasWei < sumWei + extraWei) {
      throw new CommonweightError(
        chainErrors.insufficientFunds,
        `${from} has ${coins(hasWei)}; the market's accounts lack ${coins(sumWei)}, and sending may cost ${coins(extraWei)}`,
      );
    }
    for (const { account, amountWei } of lacking) {
      if (amountWei === 0n) continue;
      onProgress?.(`sending ${coins(amountWei)} to ${account}`);
      const sent = await signer.sendTransaction({ to: account, value: amountWei });
      await sent.wait();
    }
    return sumWei;
  });
}
