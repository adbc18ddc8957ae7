import type { JsonRpcProvider } from "ethers";
import { CommonweightError } from "../../../protocol/errors.ts";
import { pause } from "../../../protocol/pause.ts";
import { chainErrors, isChainUnreachable, toChainError } from "../errors.ts";
import { type FeePolicy, replacementFees } from "./fee-policy.ts";
import { readNetworkFees } from "./network-fees.ts";
import type { TransactionAttempts } from "./transaction-attempts.ts";
import {
  endWithoutBlock,
  type JournalEntry,
  newestAttempt,
  type TransactionOutcome,
} from "./transaction-journal.ts";
import type { Receipt } from "./transaction-receipt.ts";

/** How long a node may be away before a waiting call gives up, and how often lost transactions are sent again. */
const AWAY_MS = 60_000;
const SEND_AGAIN_MS = 5000;
/** A balancer's nodes disagree for a moment: only after so many looks is a used nonce believed. */
const LOOKS_BEFORE_DISPLACED = 4;

/** Follows sent transactions to their end: looks for receipts, sends again what was lost, pays more for what is stuck. */
export interface TransactionFollower {
  /**
   * Waits until it is mined; two calls for the same entry are one.
   *
   * @throws CW2203 mined and failed, CW2209 the nonce went to another transaction, CW2200 the node is away too long.
   */
  watch(entry: JournalEntry): Promise<Receipt>;
}

/** What a follower works with, and whom it tells. */
export interface FollowerOptions {
  readonly provider: JsonRpcProvider;
  readonly account: string;
  readonly attempts: TransactionAttempts;
  readonly policy: FeePolicy;
  readonly pollMs: number;
  /** Ends all waiting. */
  readonly signal: AbortSignal;
  /** Called with an entry that has a new attempt, before the attempt is sent. */
  readonly save: (entry: JournalEntry) => void;
  /** Called once, when the end is known. */
  readonly close: (entry: JournalEntry, outcome: TransactionOutcome) => void;
  readonly emit: (
    type: "transaction-replaced" | "transaction-stuck",
    entry: JournalEntry,
    details?: object,
  ) => void;
}

/** A follower of one account's transactions. */
export function createTransactionFollower(options: FollowerOptions): TransactionFollower {
  const { provider, account, attempts, policy, pollMs, signal, save, close, emit } = options;
  const watched = new Map<string, Promise<Receipt>>();

  async function findOutcome(entry: JournalEntry): Promise<TransactionOutcome | undefined> {
    for (const { hash } of entry.attempts.toReversed()) {
      const found = await provider.getTransactionReceipt(hash);
      if (found === null) continue;
      const { blockNumber, gasUsed, gasPrice: gasPriceWei, status } = found;
      return { kind: status === 1 ? "mined" : "failed", hash, blockNumber, gasUsed, gasPriceWei };
    }
    return undefined;
  }

  async function replace(entry: JournalEntry): Promise<JournalEntry | undefined> {
    const network = await readNetworkFees(provider);
    const fees = replacementFees(newestAttempt(entry), network, policy);
    if (fees === undefined) return undefined;
    const attempt = await attempts.sign(entry, fees, network.baseFeeWei === null);
    const replaced = { ...entry, attempts: [...entry.attempts, attempt] };
    save(replaced);
    await attempts.broadcast(attempt);
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
      signal.throwIfAborted();
      try {
        const outcome = await findOutcome(entry);
        if (outcome !== undefined) {
          close(entry, outcome);
          const { kind, ...receipt } = outcome;
          if (kind === "mined") return receipt;
          throw new CommonweightError(chainErrors.failed, entry.purpose, { details: receipt });
        }
        const count = await provider.getTransactionCount(account, "latest");
        answeredAt = performance.now();
        usedLooks = count > entry.nonce ? usedLooks + 1 : 0;
        if (usedLooks >= LOOKS_BEFORE_DISPLACED) {
          close(entry, endWithoutBlock("displaced", entry));
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
          await attempts.broadcast(newestAttempt(entry));
          sentAt = performance.now();
        }
      } catch (error) {
        if (error instanceof CommonweightError && !isChainUnreachable(error)) throw error;
        if (performance.now() - answeredAt > AWAY_MS) throw toChainError(error, entry.purpose);
      }
      await pause(look < 4 ? Math.min(pollMs, 50) : pollMs, signal);
    }
  }

  return { watch };
}
