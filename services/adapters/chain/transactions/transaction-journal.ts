/** One signed version of a transaction. All versions share a nonce, so at most one is ever mined. */
export interface TransactionAttempt {
  readonly hash: string;
  /** The signed transaction itself, so that exactly the same one can be sent again. */
  readonly raw: string;
  readonly maxFeePerGasWei: bigint;
  readonly maxPriorityFeePerGasWei: bigint;
}

/** How a transaction ended. */
export interface TransactionOutcome {
  /**
   * `mined` and `failed` are in a block; `displaced`: another transaction of the account used the nonce; `dropped`: it
   * never reached a node and is no longer wanted.
   */
  readonly kind: "mined" | "failed" | "displaced" | "dropped";
  readonly hash: string;
  readonly blockNumber: number;
  readonly gasUsed: bigint;
  readonly gasPriceWei: bigint;
}

/** A transaction from before it is first sent until its end. */
export interface JournalEntry {
  readonly id: string;
  /** What it is for, such as `settle/1/3`. While one is open, no second one of the same purpose is sent. */
  readonly purpose: string;
  readonly nonce: number;
  readonly to: string;
  readonly data: string;
  readonly valueWei: bigint;
  readonly gasLimit: bigint;
  /** Oldest first, and at least one. */
  readonly attempts: readonly TransactionAttempt[];
  readonly outcome?: TransactionOutcome;
}

/** The version that was signed last: it offers the most. */
export const newestAttempt = ({ attempts }: JournalEntry) => attempts.at(-1) as TransactionAttempt;

/** The end of a transaction that no block has. */
export const endWithoutBlock = (
  kind: "displaced" | "dropped",
  entry: JournalEntry,
): TransactionOutcome => ({
  kind,
  hash: newestAttempt(entry).hash,
  blockNumber: 0,
  gasUsed: 0n,
  gasPriceWei: 0n,
});

/** Remembers transactions across restarts: an entry is saved before anything of it leaves this machine. */
export interface TransactionJournal {
  save(entry: JournalEntry): void;
  /** Entries without an outcome, lowest nonce first. */
  listOpen(): readonly JournalEntry[];
}

/** A journal that lasts as long as the process: for programs that ask the chain again anyway. */
export function createMemoryJournal(): TransactionJournal {
  const open = new Map<string, JournalEntry>();
  return {
    save: (entry) => {
      if (entry.outcome === undefined) open.set(entry.id, entry);
      else open.delete(entry.id);
    },
    listOpen: () => [...open.values()].sort((first, second) => first.nonce - second.nonce),
  };
}
