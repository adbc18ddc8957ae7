import { type Database, openDatabase, type Row } from "../../adapters/database.ts";
import {
  type ContentLedger,
  contentLedger,
  LEDGER_TABLE,
} from "../../housekeeping/content-ledger.ts";
import type { G1Point } from "../../protocol/curve.ts";
import { fromJson, toJson } from "../../protocol/json.ts";
import type {
  EvaluationBody,
  ReferencesBody,
  SignedUpdateBody,
} from "../../protocol/market/api.ts";
import type { KeyLog } from "./key-log.ts";
import { requireSound } from "./sound-database.ts";
import type { StoredKey } from "./stored-key.ts";

/**
 * The aggregator's memory. All of it is a cache of what others can repeat: references and updates are
 * asked for again, keys come back from the chain, results are computed again.
 */
export interface RoundStore extends ContentLedger {
  saveReferences(projectId: bigint, roundIndex: number, body: ReferencesBody): void;
  findReferences(projectId: bigint, roundIndex: number): ReferencesBody | undefined;
  saveKey(projectId: bigint, roundIndex: number, key: StoredKey): void;
  listKeys(projectId: bigint, roundIndex: number): StoredKey[];
  saveUpdate(projectId: bigint, roundIndex: number, update: SignedUpdateBody): void;
  listUpdates(projectId: bigint, roundIndex: number): SignedUpdateBody[];
  /** The result of a step, kept so that a restart goes on where it was. */
  saveResult(projectId: bigint, roundIndex: number, step: string, result: unknown): void;
  findResult<T>(projectId: bigint, roundIndex: number, step: string): T | undefined;
  /** Under which CID a model is kept here whose CID on chain is no good. */
  saveModelCopy(projectId: bigint, copy: ModelCopy): void;
  findModelCopy(projectId: bigint, version: number): ModelCopy | undefined;
  listModelCopies(projectId: bigint): ModelCopy[];
  saveEvaluation(projectId: bigint, evaluation: EvaluationBody): void;
  /** In the order of the models. */
  listEvaluations(projectId: bigint): EvaluationBody[];
  /** Where senders' nodes could be dialled, newest first: after a restart nobody knows us until we call. */
  savePeer(multiaddr: string): void;
  listPeers(): string[];
  close(): void;
}

/** A model that is kept under another CID than the one on chain. */
export interface ModelCopy {
  readonly version: number;
  /** Which model it is: after a reorganisation another one may have its number. */
  readonly commitment: G1Point;
  readonly cid: string;
}

/** Peers remembered at most. */
const MOST_PEERS = 200;
const SCHEMA = [
  `CREATE TABLE IF NOT EXISTS record (
     project_id TEXT NOT NULL, round_index INTEGER NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL,
     value TEXT NOT NULL, PRIMARY KEY (project_id, round_index, kind, key)) STRICT`,
  "CREATE TABLE IF NOT EXISTS peer (multiaddr TEXT NOT NULL PRIMARY KEY, seen INTEGER NOT NULL) STRICT",
  LEDGER_TABLE,
  // Where an earlier version of this program had the ledger.
  "INSERT OR IGNORE INTO content SELECT project_id, round_index, key FROM record WHERE kind = 'content'",
  "DELETE FROM record WHERE kind = 'content'",
];

/**
 * Opens the aggregator's memory.
 *
 * @param log Gets every key too; what it holds and the file does not is taken over from it.
 * @throws CW2700 when the file cannot be opened or is damaged.
 */
export function openRoundStore(path: string, log: KeyLog): RoundStore {
  const database = openDatabase(path, SCHEMA);
  // What is taken in need not be on the disk before it is answered: keys are in their log, and the rest is asked for again.
  database.run("PRAGMA synchronous = NORMAL");
  requireSound(database, path);
  const put = (p: bigint, r: number, kind: string, key: string, value: unknown) =>
    database.run(
      "INSERT OR REPLACE INTO record VALUES (?, ?, ?, ?, ?)",
      p.toString(),
      r,
      kind,
      key,
      toJson(value),
    );
  const keepKey = (p: bigint, r: number, key: StoredKey) =>
    put(p, r, "key", `${key.sender.toLowerCase()}/${key.kind}`, key);
  if (database.get("SELECT 1 FROM record WHERE kind = 'key' LIMIT 1") === undefined) {
    for (const { projectId, roundIndex, ...key } of log.read()) {
      keepKey(BigInt(projectId), roundIndex, key);
    }
  }
  return {
    saveReferences: (p, r, body) => put(p, r, "references", "", body),
    findReferences: (p, r) => find(database, p, r, "references", ""),
    saveKey: (p, r, key) => {
      log.append({ ...key, projectId: p.toString(), roundIndex: r });
      keepKey(p, r, key);
    },
    listKeys: (p, r) => list(database, p, r, "key"),
    saveUpdate: (p, r, update) => put(p, r, "update", update.trainer.toLowerCase(), update),
    listUpdates: (p, r) => list(database, p, r, "update"),
    saveResult: (p, r, step, result) => put(p, r, "result", step, result),
    findResult: (p, r, step) => find(database, p, r, "result", step),
    ...contentLedger(database),
    saveModelCopy: (p, copy) => put(p, copy.version, "model-copy", "", copy),
    findModelCopy: (p, version) => find(database, p, version, "model-copy", ""),
    listModelCopies: (p) => listOfProject(database, p, "model-copy"),
    saveEvaluation: (p, evaluation) => put(p, evaluation.version, "evaluation", "", evaluation),
    listEvaluations: (p) => listOfProject(database, p, "evaluation"),
    savePeer: (multiaddr) => {
      database.run("INSERT OR REPLACE INTO peer VALUES (?, ?)", multiaddr, Date.now());
      database.run(
        "DELETE FROM peer WHERE multiaddr NOT IN (SELECT multiaddr FROM peer ORDER BY seen DESC LIMIT ?)",
        MOST_PEERS,
      );
    },
    listPeers: () =>
      database
        .all("SELECT multiaddr FROM peer ORDER BY seen DESC")
        .map(({ multiaddr }) => String(multiaddr)),
    close: () => database.close(),
  };
}

function find<T>(database: Database, p: bigint, r: number, kind: string, key: string) {
  const row = database.get(
    "SELECT value FROM record WHERE project_id = ? AND round_index = ? AND kind = ? AND key = ?",
    p.toString(),
    r,
    kind,
    key,
  );
  return row === undefined ? undefined : parse<T>(row);
}

function list<T>(database: Database, p: bigint, r: number, kind: string): T[] {
  return database
    .all(
      "SELECT value FROM record WHERE project_id = ? AND round_index = ? AND kind = ? ORDER BY key",
      p.toString(),
      r,
      kind,
    )
    .map(parse<T>);
}

/** In the order of rounds, or of what else is counted in their place. */
function listOfProject<T>(database: Database, p: bigint, kind: string): T[] {
  return database
    .all(
      "SELECT value FROM record WHERE project_id = ? AND kind = ? ORDER BY round_index",
      p.toString(),
      kind,
    )
    .map(parse<T>);
}

const parse = <T>(row: Row): T => fromJson(row.value as string) as T;
