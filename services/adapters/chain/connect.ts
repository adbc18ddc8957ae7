import { Contract, id, JsonRpcProvider, type Signer, type TransactionReceipt } from "ethers";
import { CommonweightError } from "../../protocol/errors.ts";
import { openWallet } from "./accounts/open-wallet.ts";
import type { MarketAddresses } from "./addresses.ts";
import { chainErrors, toChainError } from "./errors.ts";
import { participantRegistryAbi } from "./generated/participant-registry.ts";
import { rewardVaultAbi } from "./generated/reward-vault.ts";
import { roundVerifierAbi } from "./generated/round-verifier.ts";
import { trainingMarketAbi } from "./generated/training-market.ts";
import { comparedRequest } from "./rpc/compared-request.ts";
import { publicUrl } from "./rpc/public-url.ts";
import { defaultFeePolicy, type FeePolicy } from "./transactions/fee-policy.ts";
import { withGasMargin } from "./transactions/gas-limits.ts";
import {
  createMemoryJournal,
  type TransactionJournal,
} from "./transactions/transaction-journal.ts";
import type { Receipt } from "./transactions/transaction-receipt.ts";
import {
  createTransactionSender,
  type TransactionEvent,
  type TransactionSender,
} from "./transactions/transaction-sender.ts";

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
  /** Sends the account's transactions; undefined when a wallet of somebody else's (a browser's) does. */
  readonly transactions: TransactionSender | undefined;
  /** Ends polling; the process can exit afterwards. */
  close(): void;
}

/**
 * Connects to a market.
 *
 * @param options.compareUrls Other nodes that have to give the same answers: one lying node is then found out.
 * @param options.chainId When given, the node must be of this chain.
 * @param options.privateKey Signs transactions; leave out to read only.
 * @param options.journalFor Opens what remembers transactions under way, for a chain and account; in memory by default.
 * @throws CW2200 when the node does not answer, CW2207 when it answers nonsense, CW2205 when it is of another chain, CW2211 and CW2212 when nodes disagree or one of the others is away, CW2210 for a key that is none.
 */
export async function connectChain(options: {
  rpcUrl: string;
  compareUrls?: readonly string[];
  addresses: MarketAddresses;
  chainId?: number;
  privateKey?: string;
  timeoutMs?: number;
  pollingIntervalMs?: number;
  journalFor?: (scope: string) => TransactionJournal;
  feePolicy?: FeePolicy;
  onTransaction?: (event: TransactionEvent) => void;
}): Promise<Chain> {
  const offline = options.privateKey === undefined ? undefined : openWallet(options.privateKey);
  const request = comparedRequest([options.rpcUrl, ...(options.compareUrls ?? [])], {
    timeoutMs: options.timeoutMs ?? 15_000,
  });
  const bare = new JsonRpcProvider(request, undefined, { staticNetwork: true });
  const network = await bare.send("eth_chainId", []).catch((cause: unknown) => {
    bare.destroy();
    throw toChainError(cause, `connecting to ${options.rpcUrl}`);
  });
  bare.destroy();
  const chainId = toChainId(network, options.rpcUrl);
  if (options.chainId !== undefined && BigInt(options.chainId) !== chainId) {
    throw new CommonweightError(
      chainErrors.wrongNetwork,
      `expected chain ${options.chainId}, but ${publicUrl(options.rpcUrl)} is of chain ${chainId}`,
    );
  }
  const provider = new JsonRpcProvider(request, chainId, {
    staticNetwork: true,
    pollingInterval: options.pollingIntervalMs ?? 500,
    cacheTimeout: -1,
    // Calls of one moment still travel together; ones that follow each other do not wait 10 ms each for company.
    batchStallTime: 0,
  });
  const signer = offline?.connect(provider);
  const transactions =
    signer === undefined
      ? undefined
      : createTransactionSender({
          provider,
          wallet: signer,
          chainId,
          journal: options.journalFor?.(`${chainId}/${signer.address}`) ?? createMemoryJournal(),
          policy: options.feePolicy ?? defaultFeePolicy,
          onEvent: options.onTransaction,
        });
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
    account: signer?.address,
    signer,
    transactions,
    close: () => {
      transactions?.close();
      provider.destroy();
    },
  };
}

/** A node may answer with anything. @throws CW2207 */
function toChainId(told: unknown, rpcUrl: string): bigint {
  if (typeof told === "string" && /^0x[0-9a-f]{1,16}$/i.test(told)) return BigInt(told);
  throw new CommonweightError(
    chainErrors.malformed,
    `${publicUrl(rpcUrl)} does not say in a number which chain it is of`,
  );
}

/**
 * The same connection for somebody else's wallet, which sends by itself: it reads as before, through the same nodes, and is closed with
 * the first one.
 *
 * @param signer Reads through the connection's provider.
 */
export async function signingWith(chain: Chain, signer: Signer): Promise<Chain> {
  const connected = (contract: Contract) => contract.connect(signer) as Contract;
  return {
    ...chain,
    ...{ market: connected(chain.market), vault: connected(chain.vault) },
    ...{ registry: connected(chain.registry), verifier: connected(chain.verifier) },
    ...{ account: await signer.getAddress(), signer, transactions: undefined },
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

/** Told of a signed transaction. @param nonce Its place among the account's transactions; a browser's wallet does not say it. */
export type OnSent = (hash: string, nonce?: number) => void;

/** What {@link send} may be told besides the call itself. */
export interface SendOptions {
  /** Called with the hash before waiting: whoever stores it can find the receipt after a crash. */
  readonly onSent?: OnSent;
  readonly valueWei?: bigint;
  /** What the transaction is for; see {@link TransactionOrder.purpose}. The call itself by default. */
  readonly purpose?: string;
}

/**
 * Sends a transaction and waits until it is mined.
 *
 * @throws CW2201 when the contract refuses (before anything is sent), CW2203 when the mined transaction failed; see
 *   {@link TransactionSender.send} for the others.
 */
export async function send(
  chain: Chain,
  contract: Contract,
  method: string,
  args: readonly unknown[],
  options: SendOptions = {},
): Promise<Receipt> {
  const { onSent, valueWei = 0n } = options;
  if (chain.signer === undefined) throw new CommonweightError(chainErrors.noSigner, method);
  if (chain.transactions === undefined) return sendByWallet(contract, method, args, options);
  const data = contract.interface.encodeFunctionData(method, args);
  const to = await contract.getAddress();
  const purpose = options.purpose ?? `${method}/${id(`${to}/${data}/${valueWei}`)}`;
  return chain.transactions.send({ purpose, to, data, valueWei }, { onSent });
}

/**
 * Travels with a call as its `customData`, so that the signer tells the hash as soon as its wallet does: before any node has seen the
 * transaction, which may take longer than a page stays open.
 */
export class SentByWallet {
  readonly #onSent: ((hash: string) => void) | undefined;
  #isTold = false;

  constructor(onSent: ((hash: string) => void) | undefined) {
    this.#onSent = onSent;
  }

  /** Once: what is told again is not passed on. */
  tell(hash: string): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.#onSent?.(hash);
  }
}

/** A browser's wallet chooses nonce and fees itself, and asks its user. */
async function sendByWallet(
  contract: Contract,
  method: string,
  args: readonly unknown[],
  { onSent, valueWei }: SendOptions,
): Promise<Receipt> {
  try {
    const overrides = valueWei === undefined ? {} : { value: valueWei };
    const target = contract.getFunction(method);
    const gas = await target.estimateGas(...args, overrides);
    const gasLimit = withGasMargin(gas);
    const sent = new SentByWallet(onSent);
    const response = await target.send(...args, { ...overrides, gasLimit, customData: sent });
    sent.tell(response.hash);
    return toReceipt(await response.wait(), method);
  } catch (cause) {
    throw toChainError(cause, method);
  }
}

function toReceipt(receipt: TransactionReceipt | null, doing: string): Receipt {
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

/** The receipt of a transaction that was sent before; undefined while no block has it. @throws CW2203 when it failed */
export async function findReceipt(chain: Chain, hash: string): Promise<Receipt | undefined> {
  const receipt = await chain.provider.getTransactionReceipt(hash).catch((cause: unknown) => {
    throw toChainError(cause, "reading a receipt");
  });
  return receipt === null ? undefined : toReceipt(receipt, "posting");
}

/** Seconds of the newest block: deadlines are judged by the chain's clock, not this machine's. */
export async function chainTime(chain: Chain): Promise<number> {
  const block = await chain.provider.getBlock("latest").catch((cause: unknown) => {
    throw toChainError(cause, "reading the latest block");
  });
  if (block === null) throw new CommonweightError(chainErrors.malformed, "no latest block");
  return block.timestamp;
}
