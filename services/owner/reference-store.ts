import { openDatabase } from "../adapters/database.ts";
import type { ModelEvaluation } from "../learning/evaluation-history.ts";
import type { ReferencesBody } from "../protocol/api.ts";

/** What the referee must keep about a round until its keys are released: without them the round is void. */
export interface StoredReference {
  readonly body: ReferencesBody;
  readonly referenceKey: Uint8Array;
  readonly payGradientKey: Uint8Array | undefined;
}

/** The referee's memory on disk; written before anybody sees the commitments. */
export interface ReferenceStore {
  find(projectId: bigint, roundIndex: number): StoredReference | undefined;
  save(projectId: bigint, roundIndex: number, reference: StoredReference): void;
  /** How good the models were that have been measured, in the order of their versions. */
  listEvaluations(projectId: bigint): ModelEvaluation[];
  saveEvaluation(projectId: bigint, evaluation: ModelEvaluation): void;
  close(): void;
}

const SCHEMA = [
  `CREATE TABLE IF NOT EXISTS reference (
     project_id TEXT NOT NULL, round_index INTEGER NOT NULL, body TEXT NOT NULL,
     reference_key BLOB NOT NULL, pay_gradient_key BLOB,
     PRIMARY KEY (project_id, round_index)) STRICT`,
  `CREATE TABLE IF NOT EXISTS evaluation (
     project_id TEXT NOT NULL, version INTEGER NOT NULL, value TEXT NOT NULL,
     PRIMARY KEY (project_id, version)) STRICT`,
];

/** Opens the referee's memory. @throws CW2700 when the file cannot be opened. */
export function openReferenceStore(path: string): ReferenceStore {
  const database = openDatabase(path, SCHEMA);
  return {
    find: (projectId, roundIndex) => {
      const row = database.get(
        "SELECT * FROM reference WHERE project_id = ? AND round_index = ?",
        projectId.toString(),
        roundIndex,
      );
      return row === undefined
        ? undefined
        : {
            body: JSON.parse(row.body as string) as ReferencesBody,
            referenceKey: row.reference_key as Uint8Array,
            payGradientKey: (row.pay_gradient_key as Uint8Array | null) ?? undefined,
          };
    },
    save: (projectId, roundIndex, { body, referenceKey, payGradientKey }) =>
      database.run(
        "INSERT OR REPLACE INTO reference VALUES (?, ?, ?, ?, ?)",
        projectId.toString(),
        roundIndex,
        JSON.stringify(body),
        referenceKey,
        payGradientKey ?? null,
      ),
    listEvaluations: (projectId) =>
      database
        .all(
          "SELECT value FROM evaluation WHERE project_id = ? ORDER BY version",
          projectId.toString(),
        )
        .map(({ value }) => {
          const stored = JSON.parse(value as string) as ModelEvaluation;
          // JSON has no word for the loss of a model that has diverged.
          return { ...stored, loss: stored.loss ?? Number.NaN };
        }),
    saveEvaluation: (projectId, evaluation) =>
      database.run(
        "INSERT OR REPLACE INTO evaluation VALUES (?, ?, ?)",
        projectId.toString(),
        evaluation.version,
        JSON.stringify(evaluation),
      ),
    close: () => database.close(),
  };
}
