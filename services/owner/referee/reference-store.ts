import { openDatabase } from "../../adapters/database.ts";
import {
  type ContentLedger,
  contentLedger,
  LEDGER_TABLE,
} from "../../housekeeping/content-ledger.ts";
import type { ModelEvaluation } from "../../learning/training/evaluation-history.ts";
import type { G1Point } from "../../protocol/curve.ts";
import { fromDecimalPoint } from "../../protocol/decimal-point.ts";
import { packPoint } from "../../protocol/gram/packed-point.ts";
import type { ReferencesBody } from "../../protocol/market/api.ts";

/** What the referee must keep about a round until its keys are released: without them the round is void. */
export interface StoredReference {
  readonly body: ReferencesBody;
  readonly referenceKey: Uint8Array;
  readonly payGradientKey: Uint8Array | undefined;
}

/** The referee's memory on disk; written before anybody sees the commitments. */
export interface ReferenceStore extends ContentLedger {
  /** What was made for a round on the model with this commitment. */
  find(
    projectId: bigint,
    roundIndex: number,
    modelCommitment: G1Point,
  ): StoredReference | undefined;
  /** All that was made for a round: on announced models, too, of which the chain takes one. */
  list(projectId: bigint, roundIndex: number): readonly StoredReference[];
  /**
   * Keeps what was made for a round, unless something was made on the same model before: an aggregator may have that already, and its
   * keys must stay.
   *
   * @returns What is kept.
   */
  save(projectId: bigint, roundIndex: number, reference: StoredReference): StoredReference;
  /** How good the models were that have been measured, in the order of their versions. */
  listEvaluations(projectId: bigint): ModelEvaluation[];
  saveEvaluation(projectId: bigint, evaluation: ModelEvaluation): void;
  close(): void;
}

const SCHEMA = [
  `CREATE TABLE IF NOT EXISTS model_reference (
     project_id TEXT NOT NULL, round_index INTEGER NOT NULL, model TEXT NOT NULL, body TEXT NOT NULL,
     reference_key BLOB NOT NULL, pay_gradient_key BLOB,
     PRIMARY KEY (project_id, round_index, model)) STRICT`,
  `CREATE TABLE IF NOT EXISTS evaluation (
     project_id TEXT NOT NULL, version INTEGER NOT NULL, value TEXT NOT NULL,
     PRIMARY KEY (project_id, version)) STRICT`,
  LEDGER_TABLE,
];

const modelText = (commitment: G1Point) => packPoint(commitment).toString(16);

const toStored = (row: Record<string, unknown>): StoredReference => ({
  body: JSON.parse(row.body as string) as ReferencesBody,
  referenceKey: row.reference_key as Uint8Array,
  payGradientKey: (row.pay_gradient_key as Uint8Array | null) ?? undefined,
});

/** Opens the referee's memory. @throws CW2700 when the file cannot be opened. */
export function openReferenceStore(path: string): ReferenceStore {
  const database = openDatabase(path, SCHEMA);
  const find: ReferenceStore["find"] = (projectId, roundIndex, modelCommitment) => {
    const row = database.get(
      "SELECT * FROM model_reference WHERE project_id = ? AND round_index = ? AND model = ?",
      projectId.toString(),
      roundIndex,
      modelText(modelCommitment),
    );
    return row && toStored(row);
  };
  return {
    ...contentLedger(database),
    find,
    list: (projectId, roundIndex) =>
      database
        .all(
          "SELECT * FROM model_reference WHERE project_id = ? AND round_index = ?",
          projectId.toString(),
          roundIndex,
        )
        .map(toStored),
    save: (projectId, roundIndex, reference) => {
      const { body, referenceKey, payGradientKey } = reference;
      const modelCommitment = fromDecimalPoint(body.modelCommitment);
      database.run(
        "INSERT OR IGNORE INTO model_reference VALUES (?, ?, ?, ?, ?, ?)",
        projectId.toString(),
        roundIndex,
        modelText(modelCommitment),
        JSON.stringify(body),
        referenceKey,
        payGradientKey ?? null,
      );
      return find(projectId, roundIndex, modelCommitment) ?? reference;
    },
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
