import type { Database } from "../adapters/database.ts";

/** What was made or fetched for a round, so that it can be let go of although the chain may never name it. */
export interface ContentLedger {
  saveContent(projectId: bigint, roundIndex: number, cid: string): void;
  listContent(projectId: bigint): { readonly roundIndex: number; readonly cid: string }[];
  /** Forgets what was saved for the rounds before this one. */
  forgetContent(projectId: bigint, beforeRound: number): void;
}

/** The table of a ledger, for the schema of the database that it is part of. */
export const LEDGER_TABLE = `CREATE TABLE IF NOT EXISTS content (
     project_id TEXT NOT NULL, round_index INTEGER NOT NULL, cid TEXT NOT NULL,
     PRIMARY KEY (project_id, round_index, cid)) STRICT`;

/** The ledger in a database with {@link LEDGER_TABLE}. */
export const contentLedger = (database: Database): ContentLedger => ({
  saveContent: (projectId, roundIndex, cid) =>
    database.run(
      "INSERT OR IGNORE INTO content VALUES (?, ?, ?)",
      projectId.toString(),
      roundIndex,
      cid,
    ),
  listContent: (projectId) =>
    database
      .all(
        "SELECT round_index, cid FROM content WHERE project_id = ? ORDER BY round_index, cid",
        projectId.toString(),
      )
      .map((row) => ({ roundIndex: Number(row.round_index), cid: String(row.cid) })),
  forgetContent: (projectId, beforeRound) =>
    database.run(
      "DELETE FROM content WHERE project_id = ? AND round_index < ?",
      projectId.toString(),
      Math.min(beforeRound, Number.MAX_SAFE_INTEGER),
    ),
});
