import {
  Contract,
  type ContractTransactionReceipt,
  type ContractTransactionResponse,
  FetchRequest,
  JsonRpcProvider,
  type Signer,
  Wallet,
} from "ethers";
import { CommonweightError } from "../../protocol/errors.ts";
import type { MarketAddresses } from "./addresses.ts";
import { chainErrors, toChainError } from "./errors.ts";
import { participantRegistryAbi } from "./generated/participant-registry.ts";
import { rewardVaultAbi } from "./generated/reward-vault.ts";
import { roundVerifierAbi } from "./generated/round-verifier.ts";
import { trainingMarketAbi } from "./generated/training-market.ts";

/** A connection to one market on one chain, with or without a key to sign with. */
export interface Chain {
  readonly rpcUrl: string;
  readonly chainId: bigint;
  readonly addresses: MarketAddresses;
  readonly provider: JsonRpcProvider;
  readonly market: Contract;
  readonly vault: Contract;
  readonly registry: Contract;
  readonly verifier: Contract;
  /** Address that transactions come from; undefined for a read-only connection. */
  readonly account: string | undefined;
  readonly signer: Signer | undefined;
  /** Ends polling; the process can exit afterwards. */
  close(): void;
}

/** What a mined transaction cost. */
export interface Receipt {
  readonly hash: string;
  readonly blockNumber: number;
  readonly gasUsed: bigint;
  readonly gasPriceWei: bigint;
}

/**
 * Connects to a market.
 *
 * @param options.chainId When given, the node must be of this chain.
 * @param options.privateKey Signs transactions; leave out to read only.
 * @throws CW2200 when the node does not answer, CW2205 when it is of another chain.
 */
export async function connectChain(options: {
  rpcUrl: string;
  addresses: MarketAddresses;
  chainId?: number;
  privateKey?: string;
  signer?: Signer;
  timeoutMs?: number;
  pollingIntervalMs?: number;
}): Promise<Chain> {
  const request = new FetchRequest(options.rpcUrl);
  request.timeout = options.timeoutMs ?? 15_000;
  const bare = new JsonRpcProvider(request, undefined, { staticNetwork: true });
  const network = await bare.send("eth_chainId", []).catch((cause: unknown) => {
    bare.destroy();
    throw toChainError(cause, `connecting to ${options.rpcUrl}`);
  });
  bare.destroy();
  const chainId = BigInt(network as string);
  if (options.chainId !== undefined && BigInt(options.chainId) !== chainId) {
    throw new CommonweightError(
      chainErrors.wrongNetwork,
      `expected chain ${options.chainId}, but ${options.rpcUrl} is of chain ${chainId}`,
    );
  }
  const provider = new JsonRpcProvider(request, chainId, {
    staticNetwork: true,
    pollingInterval: options.pollingIntervalMs ?? 500,
    cacheTimeout: -1,
  });
  const signer =
    options.signer ??
    (options.privateKey === undefined ? undefined : new Wallet(options.privateKey, provider));
  const runner = signer ?? provider;
  const { addresses } = options;
  return {
    rpcUrl: options.rpcUrl,
    chainId,
    addresses,
    provider,
    market: new Contract(addresses.market, trainingMarketAbi, runner),
    vault: new Contract(addresses.vault, rewardVaultAbi, runner),
    registry: new Contract(addresses.registry, participantRegistryAbi, runner),
    verifier: new Contract(addresses.verifier, roundVerifierAbi, runner),
    account: await signer?.getAddress(),
    signer,
    close: () => provider.destroy(),
  };
}

/** Reads through a contract and says failures in our words. */
export async function call<T>(contract: Contract, method: string, ...args: unknown[]): Promise<T> {
  try {
    return (await contract.getFunction(method).staticCall(...args)) as T;
  } catch (cause) {
    throw toChainError(cause, method);
  }
}

/** One account's transactions go out one after the other, so that their nonces never collide. */
const queues = new WeakMap<Chain, Promise<unknown>>();

/**
 * Sends a transaction and waits until it is mined.
 *
 * @param options.onSent Called with the hash before waiting: whoever stores it can find the receipt after a crash.
 * @throws CW2201 when the contract refuses (before anything is sent), CW2203 when the mined transaction failed.
 */
export async function send(
  chain: Chain,
  contract: Contract,
  method: string,
  args: readonly unknown[],
  options: { onSent?: (hash: string) => void; valueWei?: bigint } = {},
): Promise<Receipt> {
  if (chain.signer === undefined) throw new CommonweightError(chainErrors.noSigner, method);
  const previous = queues.get(chain) ?? Promise.resolve();
  const sent = previous
    .catch(() => undefined)
    .then(async () => {
      const overrides = options.valueWei === undefined ? {} : { value: options.valueWei };
      const target = contract.getFunction(method);
      const gas = await target.estimateGas(...args, overrides);
      // A tenth more than estimated: between the estimate and the block a cold word may have to be read.
      return (await target.send(...args, {
        ...overrides,
        gasLimit: gas + gas / 10n + 20_000n,
      })) as ContractTransactionResponse;
    });
  queues.set(chain, sent);
  try {
    const response = await sent;
    options.onSent?.(response.hash);
    return toReceipt(await response.wait(), method);
  } catch (cause) {
    throw toChainError(cause, method);
  }
}

/** The receipt of a transaction sent earlier, once it is mined; undefined if the chain does not know it. */
export async function waitForReceipt(chain: Chain, hash: string): Promise<Receipt | undefined> {
  const response = await chain.provider.getTransaction(hash).catch((cause: unknown) => {
    throw toChainError(cause, `looking for transaction ${hash}`);
  });
  if (response === null) return undefined;
  try {
    return toReceipt((await response.wait()) as ContractTransactionReceipt | null, hash);
  } catch (cause) {
    throw toChainError(cause, `transaction ${hash}`);
  }
}

function toReceipt(receipt: ContractTransactionReceipt | null, doing: string): Receipt {
  if (receipt === null || receipt.status !== 1) {
    throw new CommonweightError(chainErrors.failed, doing, { details: { hash: receipt?.hash } });
  }
  return {
    hash: receipt.hash,
    blockNumber: receipt.blockNumber,
    gasUsed: receipt.gasUsed,
    gasPriceWei: receipt.gasPrice,
  };
}

/** Seconds of the newest block: deadlines are judged by the chain's clock, not this machine's. */
export async function chainTime(chain: Chain): Promise<number> {
  const block = await chain.provider.getBlock("latest").catch((cause: unknown) => {
    throw toChainError(cause, "reading the latest block");
  });
  if (block === null) throw new CommonweightError(chainErrors.malformed, "no latest block");
  return block.timestamp;
}
