import type {
  JournalEntry,
  TransactionJournal,
} from "../../adapters/chain/transactions/transaction-journal.ts";
import { openDatabase } from "../../adapters/database.ts";
import { fromJson, toJson } from "../../protocol/json.ts";
import { requireSound } from "./sound-database.ts";

/** What one round's transactions cost this account, failed and replaced ones included. */
export interface RoundCosts {
  readonly transactions: number;
  readonly gasUsed: bigint;
  readonly costWei: bigint;
}

/** The account's transactions on disk: those under way, and what the others cost. */
export interface TransactionStore extends TransactionJournal {
  roundCosts(projectId: bigint, roundIndex: number): RoundCosts;
  close(): void;
}

const SCHEMA = [
  `CREATE TABLE IF NOT EXISTS entry (
     id TEXT NOT NULL PRIMARY KEY, scope TEXT NOT NULL, purpose TEXT NOT NULL, nonce INTEGER NOT NULL,
     is_open INTEGER NOT NULL, value TEXT NOT NULL) STRICT`,
  "CREATE INDEX IF NOT EXISTS entry_open ON entry (scope, is_open, nonce)",
];

/**
 * Opens the account's transactions.
 *
 * @param scope Chain and account: what was sent elsewhere must never be sent here again.
 * @throws CW2700 when the file cannot be opened or is damaged.
 */
export function openTransactionStore(path: string, scope: string): TransactionStore {
  const database = openDatabase(path, SCHEMA);
  requireSound(database, path);
  const parse = (row: { value?: unknown }) => fromJson(String(row.value)) as JournalEntry;
  return {
    save: (entry) =>
      database.run(
        "INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?, ?, ?)",
        entry.id,
        scope,
        entry.purpose,
        entry.nonce,
        entry.outcome === undefined ? 1 : 0,
        // The signed bytes of what has ended are of no use to anybody.
        toJson(entry.outcome === undefined ? entry : { ...entry, data: "0x", attempts: [] }),
      ),
    listOpen: () =>
      database
        .all("SELECT value FROM entry WHERE scope = ? AND is_open = 1 ORDER BY nonce", scope)
        .map(parse),
    roundCosts: (projectId, roundIndex) => {
      const outcomes = ["open", "relay", "settle"].flatMap((step) =>
        database
          .all(
            "SELECT value FROM entry WHERE scope = ? AND is_open = 0 AND (purpose = ? OR purpose LIKE ?)",
            scope,
            `${step}/${projectId}/${roundIndex}`,
            `${step}/${projectId}/${roundIndex}/%`,
          )
          .flatMap((row) => parse(row).outcome ?? []),
      );
      return {
        transactions: outcomes.filter(({ gasUsed }) => gasUsed > 0n).length,
        gasUsed: outcomes.reduce((sum, { gasUsed }) => sum + gasUsed, 0n),
        costWei: outcomes.reduce(
          (sum, { gasUsed, gasPriceWei }) => sum + gasUsed * gasPriceWei,
          0n,
        ),
      };
    },
    close: () => database.close(),
  };
}
