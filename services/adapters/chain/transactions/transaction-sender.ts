import { hexlify, isError, type JsonRpcProvider, randomBytes, type Wallet } from "ethers";
import { CommonweightError } from "../../../protocol/errors.ts";
import { pause } from "../../../protocol/pause.ts";
import { chainErrors, isChainUnreachable, toChainError } from "../errors.ts";
import { type FeePolicy, firstFees } from "./fee-policy.ts";
import { createGasLimits } from "./gas-limits.ts";
import { readNetworkFees } from "./network-fees.ts";
import { createTransactionAttempts } from "./transaction-attempts.ts";
import { createTransactionFollower } from "./transaction-follower.ts";
import {
  endWithoutBlock,
  type JournalEntry,
  newestAttempt,
  type TransactionJournal,
  type TransactionOutcome,
} from "./transaction-journal.ts";
import type { Receipt } from "./transaction-receipt.ts";

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
    options?: { onSent?: ((hash: string, nonce: number) => void) | undefined },
  ): Promise<Receipt>;
  /** Ends what an earlier process left open: waits for it, sends it again, or gives it up when nobody ever saw it. */
  resume(): Promise<void>;
  close(): void;
}

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
  const closing = new AbortController();
  const attempts = createTransactionAttempts(options);
  let queue: Promise<unknown> = Promise.resolve();

  const emit = (type: TransactionEvent["type"], entry: JournalEntry, details = {}) => {
    const { purpose, nonce } = entry;
    options.onEvent?.({ type, purpose, nonce, hash: newestAttempt(entry).hash, ...details });
  };

  const follower = createTransactionFollower({
    ...{ provider, attempts, policy, pollMs, close, emit },
    account: wallet.address,
    signal: closing.signal,
    save: (entry) => journal.save(entry),
  });

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
    const attempt = await attempts.sign(entry, fees, network.baseFeeWei === null);
    return { ...entry, id: hexlify(randomBytes(16)), purpose, attempts: [attempt] };
  }

  /** The receipt comes wrapped: a bare promise would make the queue wait for blocks. */
  async function start(
    order: TransactionOrder,
    onSent?: (hash: string, nonce: number) => void,
    leastNonce = 0,
  ): Promise<{ receipt: Promise<Receipt> }> {
    const open = journal.listOpen().find(({ purpose }) => purpose === order.purpose);
    if (open !== undefined) return { receipt: follower.watch(open) };
    const entry = await prepare(order, leastNonce);
    // From here on a crash loses nothing: whatever the node got is in the journal.
    journal.save(entry);
    onSent?.(newestAttempt(entry).hash, entry.nonce);
    const refusal = await attempts.broadcast(newestAttempt(entry));
    if (refusal !== undefined && (await attempts.isRefused(entry, refusal))) {
      close(entry, endWithoutBlock("dropped", entry));
      // The node that counted our transactions was behind the one that takes them.
      if (isError(refusal, "NONCE_EXPIRED") && leastNonce === 0) {
        return start(order, onSent, entry.nonce + 1);
      }
      throw refusal;
    }
    return { receipt: follower.watch(entry) };
  }

  function close(entry: JournalEntry, outcome: TransactionOutcome): void {
    journal.save({ ...entry, outcome });
    const { kind, gasUsed, gasPriceWei } = outcome;
    if (kind === "mined") gasLimits.note(entry, gasUsed);
    if (kind === "failed") gasLimits.noteFailure(entry);
    emit("transaction-ended", entry, { outcome: kind, costWei: gasUsed * gasPriceWei });
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
        close(entry, endWithoutBlock("dropped", entry));
        return "dropped";
      }
    }
    await attempts.broadcast(newestAttempt(entry));
    return "open";
  }

  /** Follows what an earlier process left open to its end, however long the node is away. */
  async function end(entry: JournalEntry): Promise<void> {
    for (;;) {
      try {
        if ((await revive(entry)) === "open") await follower.watch(entry);
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
