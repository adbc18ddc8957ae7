import { type Database, openDatabase } from "../adapters/database.ts";
import { type ContentLedger, contentLedger, LEDGER_TABLE } from "../housekeeping/content-ledger.ts";

/** How far a trainer's work in one round has come; later stages include the earlier ones. */
export type WorkStage = "prepared" | "submitted" | "released" | "settled" | "lost";

/** What a trainer must never lose about its own update: without it the update can't be opened, nor paid. */
export interface Work {
  readonly projectId: bigint;
  readonly roundIndex: number;
  readonly stage: WorkStage;
  /** Commitment to the update. */
  readonly commitment: { readonly x: bigint; readonly y: bigint };
  readonly blinding: bigint;
  /** Opens the sealed bundle; released only after the commit phase has closed. */
  readonly contentKey: Uint8Array;
  readonly bundleCid: string;
  /** Transaction of the submission, stored before it is waited for. */
  readonly submissionHash?: string;
  /** How the key was handed over: aggregators that confirmed, or `chain`. */
  readonly releasedTo: readonly string[];
  /** What the settlement said: verdict and pay, for `status`. */
  readonly outcome?: Readonly<Record<string, unknown>>;
}

/** The worker's memory on disk; written before each step that others can see. */
export interface WorkStore extends ContentLedger {
  find(projectId: bigint, roundIndex: number): Work | undefined;
  list(projectId?: bigint): Work[];
  save(work: Work): void;
  close(): void;
}

const SCHEMA = [
  `CREATE TABLE IF NOT EXISTS work (
     project_id TEXT NOT NULL, round_index INTEGER NOT NULL, stage TEXT NOT NULL,
     commitment_x TEXT NOT NULL, commitment_y TEXT NOT NULL, blinding TEXT NOT NULL,
     content_key BLOB NOT NULL, bundle_cid TEXT NOT NULL, submission_hash TEXT,
     released_to TEXT NOT NULL, outcome TEXT,
     PRIMARY KEY (project_id, round_index)) STRICT`,
  LEDGER_TABLE,
];

/** Opens the worker's memory. @throws CW2700 when the file cannot be opened. */
export function openWorkStore(path: string): WorkStore {
  const database = openDatabase(path, SCHEMA);
  return {
    ...contentLedger(database),
    find: (projectId, roundIndex) => {
      const row = database.get(
        "SELECT * FROM work WHERE project_id = ? AND round_index = ?",
        projectId.toString(),
        roundIndex,
      );
      return row && toWork(row);
    },
    list: (projectId) =>
      (projectId === undefined
        ? database.all("SELECT * FROM work ORDER BY project_id, round_index")
        : database.all(
            "SELECT * FROM work WHERE project_id = ? ORDER BY round_index",
            projectId.toString(),
          )
      ).map(toWork),
    save: (work) => save(database, work),
    close: () => database.close(),
  };
}

function save(database: Database, work: Work): void {
  database.run(
    "INSERT OR REPLACE INTO work VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    work.projectId.toString(),
    work.roundIndex,
    work.stage,
    work.commitment.x.toString(),
    work.commitment.y.toString(),
    work.blinding.toString(),
    work.contentKey,
    work.bundleCid,
    work.submissionHash ?? null,
    JSON.stringify(work.releasedTo),
    work.outcome === undefined ? null : JSON.stringify(work.outcome),
  );
}

function toWork(row: Record<string, unknown>): Work {
  return {
    projectId: BigInt(row.project_id as string),
    roundIndex: Number(row.round_index),
    stage: row.stage as WorkStage,
    commitment: { x: BigInt(row.commitment_x as string), y: BigInt(row.commitment_y as string) },
    blinding: BigInt(row.blinding as string),
    contentKey: row.content_key as Uint8Array,
    bundleCid: row.bundle_cid as string,
    ...(row.submission_hash === null ? {} : { submissionHash: row.submission_hash as string }),
    releasedTo: JSON.parse(row.released_to as string) as string[],
    ...(row.outcome === null
      ? {}
      : { outcome: JSON.parse(row.outcome as string) as Record<string, unknown> }),
  };
}
