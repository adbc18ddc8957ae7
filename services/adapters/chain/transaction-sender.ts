import {
  hexlify,
  isError,
  type JsonRpcProvider,
  keccak256,
  randomBytes,
  type Wallet,
} from "ethers";
import { CommonweightError } from "../../protocol/errors.ts";
import { pause } from "../../protocol/pause.ts";
import { isAlreadyThere } from "./any-node.ts";
import { chainErrors, isChainUnreachable, toChainError } from "./errors.ts";
import { type FeePolicy, firstFees, type OfferedFees, replacementFees } from "./fee-policy.ts";
import { createGasLimits } from "./gas-limits.ts";
import { readNetworkFees } from "./network-fees.ts";
import type {
  JournalEntry,
  TransactionAttempt,
  TransactionJournal,
  TransactionOutcome,
} from "./transaction-journal.ts";

/** What a mined transaction cost. */
export interface Receipt {
  readonly hash: string;
  readonly blockNumber: number;
  readonly gasUsed: bigint;
  readonly gasPriceWei: bigint;
}

/** What is to be sent. */
export interface TransactionOrder {
  /** See {@link JournalEntry.purpose}. */
  readonly purpose: string;
  readonly to: string;
  readonly data: string;
  readonly valueWei?: bigint | undefined;
}

/** Something worth telling an operator. */
export interface TransactionEvent {
  readonly type: "transaction-replaced" | "transaction-stuck" | "transaction-ended";
  readonly purpose: string;
  readonly nonce: number;
  readonly hash: string;
  readonly [detail: string]: unknown;
}

/** Sends an account's transactions: nonces, fees, replacement, and what was under way when the process was killed. */
export interface TransactionSender {
  /**
   * Sends and waits until it is mined. While one of the same purpose is under way, that one is waited for instead.
   *
   * @throws CW2201 the contract refuses (nothing is sent), CW2202 no money, CW2203 mined and failed, CW2208 above the fee cap,
   *   CW2209 the nonce went to another transaction, CW2200 the node is away (what was sent is waited for again by the next call).
   */
  send(
    order: TransactionOrder,
    options?: { onSent?: ((hash: string) => void) | undefined },
  ): Promise<Receipt>;
  /** Ends what an earlier process left open: waits for it, sends it again, or gives it up when nobody ever saw it. */
  resume(): Promise<void>;
  close(): void;
}

/** How long a node may be away before a waiting call gives up, and how often lost transactions are sent again. */
const AWAY_MS = 60_000;
const SEND_AGAIN_MS = 5000;
/** A balancer's nodes disagree for a moment: only after so many looks is a used nonce believed. */
const LOOKS_BEFORE_DISPLACED = 4;

/** @param options.wallet Connected to `provider`; must not be used to send elsewhere at the same time. */
export function createTransactionSender(options: {
  readonly provider: JsonRpcProvider;
  readonly wallet: Wallet;
  readonly chainId: bigint;
  readonly journal: TransactionJournal;
  readonly policy: FeePolicy;
  readonly pollMs?: number;
  readonly onEvent?: ((event: TransactionEvent) => void) | undefined;
}): TransactionSender {
  const { provider, wallet, journal, policy, pollMs = 250 } = options;
  const gasLimits = createGasLimits(provider, wallet.address);
  const watched = new Map<string, Promise<Receipt>>();
  const closing = new AbortController();
  let queue: Promise<unknown> = Promise.resolve();

  const emit = (type: TransactionEvent["type"], entry: JournalEntry, details = {}) => {
    const { purpose, nonce } = entry;
    options.onEvent?.({ type, purpose, nonce, hash: newest(entry).hash, ...details });
  };

  async function sign(
    entry: Omit<JournalEntry, "attempts" | "id" | "purpose">,
    fees: OfferedFees,
    isLegacy: boolean,
  ): Promise<TransactionAttempt> {
    const raw = await wallet.signTransaction({
      chainId: options.chainId,
      nonce: entry.nonce,
      to: entry.to,
      data: entry.data,
      value: entry.valueWei,
      gasLimit: entry.gasLimit,
      ...(isLegacy
        ? { type: 0, gasPrice: fees.maxFeePerGasWei }
        : {
            type: 2,
            maxFeePerGas: fees.maxFeePerGasWei,
            maxPriorityFeePerGas: fees.maxPriorityFeePerGasWei,
          }),
    });
    return { hash: keccak256(raw), raw, ...fees };
  }

  /** Hands a signed transaction to the node. What the node says about it is not the last word: the receipt is. */
  async function broadcast({ raw }: TransactionAttempt): Promise<unknown> {
    try {
      await provider.send("eth_sendRawTransaction", [raw]);
      return undefined;
    } catch (error) {
      if (isAlreadyThere(error instanceof Error ? error.message : "")) return undefined;
      return error;
    }
  }

  /** The node answered, in its own words, that it does not take the transaction, and indeed it does not have it. */
  async function isRefused(entry: JournalEntry, refusal: unknown): Promise<boolean> {
    const isAnswer =
      isError(refusal, "INSUFFICIENT_FUNDS") ||
      isError(refusal, "NONCE_EXPIRED") ||
      (isError(refusal, "UNKNOWN_ERROR") && "error" in refusal);
    if (!isAnswer) return false;
    const seen = await provider.getTransaction(newest(entry).hash).catch(() => undefined);
    return seen === null;
  }

  async function prepare(order: TransactionOrder, leastNonce: number): Promise<JournalEntry> {
    const { purpose, to, data, valueWei = 0n } = order;
    const [gasLimit, network, pending] = await Promise.all([
      gasLimits.find({ to, data, valueWei }),
      readNetworkFees(provider),
      provider.getTransactionCount(wallet.address, "pending"),
    ]);
    const fees = firstFees(network, policy);
    const nonce = Math.max(
      pending,
      leastNonce,
      ...journal.listOpen().map((open) => open.nonce + 1),
    );
    const entry = { nonce, to, data, valueWei, gasLimit };
    const attempt = await sign(entry, fees, network.baseFeeWei === null);
    return { ...entry, id: hexlify(randomBytes(16)), purpose, attempts: [attempt] };
  }

  /** The receipt comes wrapped: a bare promise would make the queue wait for blocks. */
  async function start(
    order: TransactionOrder,
    onSent?: (hash: string) => void,
    leastNonce = 0,
  ): Promise<{ receipt: Promise<Receipt> }> {
    const open = journal.listOpen().find(({ purpose }) => purpose === order.purpose);
    if (open !== undefined) return { receipt: watch(open) };
    const entry = await prepare(order, leastNonce);
    // From here on a crash loses nothing: whatever the node got is in the journal.
    journal.save(entry);
    onSent?.(newest(entry).hash);
    const refusal = await broadcast(newest(entry));
    if (refusal !== undefined && (await isRefused(entry, refusal))) {
      close(entry, without("dropped", entry));
      // The node that counted our transactions was behind the one that takes them.
      if (isError(refusal, "NONCE_EXPIRED") && leastNonce === 0) {
        return start(order, onSent, entry.nonce + 1);
      }
      throw refusal;
    }
    return { receipt: watch(entry) };
  }

  function close(entry: JournalEntry, outcome: TransactionOutcome): void {
    journal.save({ ...entry, outcome });
    const { kind, gasUsed, gasPriceWei } = outcome;
    if (kind === "mined") gasLimits.note(entry, gasUsed);
    emit("transaction-ended", entry, { outcome: kind, costWei: gasUsed * gasPriceWei });
  }

  async function findOutcome({ attempts }: JournalEntry): Promise<TransactionOutcome | undefined> {
    for (const { hash } of attempts.toReversed()) {
      const found = await provider.getTransactionReceipt(hash);
      if (found === null) continue;
      const { blockNumber, gasUsed, gasPrice: gasPriceWei, status } = found;
      return { kind: status === 1 ? "mined" : "failed", hash, blockNumber, gasUsed, gasPriceWei };
    }
    return undefined;
  }

  async function replace(entry: JournalEntry): Promise<JournalEntry | undefined> {
    const network = await readNetworkFees(provider);
    const fees = replacementFees(newest(entry), network, policy);
    if (fees === undefined) return undefined;
    const attempt = await sign(entry, fees, network.baseFeeWei === null);
    const replaced = { ...entry, attempts: [...entry.attempts, attempt] };
    journal.save(replaced);
    await broadcast(attempt);
    emit("transaction-replaced", replaced, { maxFeePerGasWei: fees.maxFeePerGasWei });
    return replaced;
  }

  function watch(entry: JournalEntry): Promise<Receipt> {
    const known = watched.get(entry.id);
    if (known !== undefined) return known;
    const watching = follow(entry).finally(() => watched.delete(entry.id));
    watched.set(entry.id, watching);
    return watching;
  }

  async function follow(first: JournalEntry): Promise<Receipt> {
    let entry = first;
    let [answeredAt, offeredAt, sentAt] = [performance.now(), performance.now(), performance.now()];
    let [usedLooks, isStuck] = [0, false];
    for (let look = 0; ; look++) {
      closing.signal.throwIfAborted();
      try {
        const outcome = await findOutcome(entry);
        if (outcome !== undefined) {
          close(entry, outcome);
          const { kind, ...receipt } = outcome;
          if (kind === "mined") return receipt;
          throw new CommonweightError(chainErrors.failed, entry.purpose, { details: receipt });
        }
        const count = await provider.getTransactionCount(wallet.address, "latest");
        answeredAt = performance.now();
        usedLooks = count > entry.nonce ? usedLooks + 1 : 0;
        if (usedLooks >= LOOKS_BEFORE_DISPLACED) {
          close(entry, without("displaced", entry));
          throw new CommonweightError(chainErrors.displaced, `nonce ${entry.nonce} was used`);
        }
        if (usedLooks === 0 && performance.now() - offeredAt > policy.replaceAfterMs) {
          const replaced = await replace(entry);
          if (replaced === undefined && !isStuck) emit("transaction-stuck", entry);
          isStuck ||= replaced === undefined;
          entry = replaced ?? entry;
          offeredAt = sentAt = performance.now();
        } else if (usedLooks === 0 && performance.now() - sentAt > SEND_AGAIN_MS) {
          // A node that restarted, or an answer that was lost: the same transaction twice is one transaction.
          await broadcast(newest(entry));
          sentAt = performance.now();
        }
      } catch (error) {
        if (error instanceof CommonweightError && !isChainUnreachable(error)) throw error;
        if (performance.now() - answeredAt > AWAY_MS) throw toChainError(error, entry.purpose);
      }
      await pause(look < 4 ? Math.min(pollMs, 50) : pollMs, closing.signal);
    }
  }

  /** Sends again what no node has seen, if it is still wanted; otherwise its nonce goes to whatever comes next. */
  async function revive(entry: JournalEntry): Promise<"open" | "dropped"> {
    const seen = await Promise.all(entry.attempts.map(({ hash }) => provider.getTransaction(hash)));
    const count = await provider.getTransactionCount(wallet.address, "latest");
    if (seen.some((each) => each !== null) || count > entry.nonce) return "open";
    const { to, data, valueWei: value } = entry;
    try {
      await provider.estimateGas({ from: wallet.address, to, data, value });
    } catch (error) {
      if (toChainError(error, entry.purpose).code !== chainErrors.refused.code) throw error;
      // A gap would hold up every later transaction: then one that fails is better than none.
      if (journal.listOpen().every(({ nonce }) => nonce <= entry.nonce)) {
        close(entry, without("dropped", entry));
        return "dropped";
      }
    }
    await broadcast(newest(entry));
    return "open";
  }

  /** Follows what an earlier process left open to its end, however long the node is away. */
  async function end(entry: JournalEntry): Promise<void> {
    for (;;) {
      try {
        if ((await revive(entry)) === "open") await watch(entry);
        return;
      } catch (error) {
        closing.signal.throwIfAborted();
        // Failed or displaced is an end too; what follows from it is decided from the chain's state.
        if (!isChainUnreachable(toChainError(error, entry.purpose))) return;
        await pause(1000, closing.signal);
      }
    }
  }

  return {
    send: async (order, { onSent } = {}) => {
      const turn = queue.catch(() => undefined).then(() => start(order, onSent));
      queue = turn;
      try {
        const { receipt } = await turn;
        return await receipt;
      } catch (error) {
        throw toSendError(error, order.purpose, wallet.address);
      }
    },
    resume: async () => {
      for (const entry of journal.listOpen()) await end(entry);
    },
    close: () => closing.abort(),
  };
}

/** The error of a transaction in words: without the checksum in its purpose, and with the account that cannot pay. */
function toSendError(cause: unknown, purpose: string, account: string): CommonweightError {
  const doing = purpose.replace(/\/0x[0-9a-f]{64}$/, "");
  const error = toChainError(cause, doing);
  if (error === cause || error.code !== chainErrors.insufficientFunds.code) return error;
  return new CommonweightError(chainErrors.insufficientFunds, `${account} (${doing})`, { cause });
}

const newest = ({ attempts }: JournalEntry) => attempts.at(-1) as TransactionAttempt;

const without = (kind: "displaced" | "dropped", entry: JournalEntry): TransactionOutcome => ({
  kind,
  hash: newest(entry).hash,
  blockNumber: 0,
  gasUsed: 0n,
  gasPriceWei: 0n,
});
