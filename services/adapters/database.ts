import { closeSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { CommonweightError, defineErrors } from "../protocol/errors.ts";
import { makeFolder } from "./make-folder.ts";

export const databaseErrors = defineErrors([2700, 2749], {
  cannotOpen: {
    code: "CW2700",
    title: "The local database cannot be opened",
    hint: "Check that the folder exists, is writable and has free space; if the file is damaged, delete it: it is a cache that is rebuilt from the chain and IPFS.",
  },
  cannotWrite: {
    code: "CW2701",
    title: "The local database cannot be written",
    hint: "Free disk space and check the folder's permissions, then start again; nothing that is on the chain or in IPFS is lost.",
  },
});

/** One row as SQLite returns it. */
export type Row = Record<string, SQLInputValue>;

/** A small synchronous database: statements with positional parameters, and transactions. */
export interface Database {
  all(sql: string, ...parameters: SQLInputValue[]): Row[];
  get(sql: string, ...parameters: SQLInputValue[]): Row | undefined;
  run(sql: string, ...parameters: SQLInputValue[]): void;
  /** Runs `work` in one transaction: all of it is stored, or nothing. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/**
 * Opens a database file, or creates one that its owner alone can read, and runs the schema statements, which must be idempotent.
 *
 * @param path A file, or `:memory:`.
 * @throws CW2700 when the file cannot be opened or is not a database.
 */
export function openDatabase(path: string, schema: readonly string[]): Database {
  let sqlite: DatabaseSync;
  try {
    if (path !== ":memory:") {
      makeFolder(dirname(path));
      // Keys of updates that nobody may read yet lie in some: SQLite gives its other files the rights of this one.
      closeSync(openSync(path, "a", 0o600));
    }
    sqlite = new DatabaseSync(path);
    // A killed process must never leave half a write behind: write-ahead log, synced at each commit.
    sqlite.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000");
    for (const statement of schema) sqlite.exec(statement);
  } catch (cause) {
    throw new CommonweightError(databaseErrors.cannotOpen, `cannot open the database ${path}`, {
      cause,
    });
  }
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (cause) {
      if (cause instanceof CommonweightError) throw cause;
      throw new CommonweightError(databaseErrors.cannotWrite, `database ${path}: ${cause}`, {
        cause,
      });
    }
  };
  return {
    all: (sql, ...parameters) => guarded(() => sqlite.prepare(sql).all(...parameters) as Row[]),
    get: (sql, ...parameters) =>
      guarded(() => sqlite.prepare(sql).get(...parameters) as Row | undefined),
    run: (sql, ...parameters) => {
      guarded(() => sqlite.prepare(sql).run(...parameters));
    },
    transaction: (work) => {
      guarded(() => sqlite.exec("BEGIN IMMEDIATE"));
      try {
        const result = work();
        guarded(() => sqlite.exec("COMMIT"));
        return result;
      } catch (error) {
        sqlite.exec("ROLLBACK");
        throw error;
      }
    },
    close: () => sqlite.close(),
  };
}
