import type { TableDescription } from "../../services/learning/data/describe-table.ts";
import type { PartitionPlan } from "../../services/learning/data/partition.ts";
import type {
  RehearsalReport,
  RehearsalTerms,
  RehearsedRound,
} from "../../services/learning/rehearsal/rehearse.ts";
import type { ProjectAnswers } from "../../services/owner/design/project-questions.ts";
import type { Manifest } from "../../services/protocol/manifest/manifest.ts";

/** What a rehearsal trains on: the owner's table, or invented samples of the same shape. */
export type SampleSource =
  | { readonly kind: "table"; readonly file: Blob }
  | { readonly kind: "made-up"; readonly samples: number };

/** Some trainers of a rehearsal who all run one attack. */
export interface AttackPart {
  readonly attack: string;
  readonly trainers: number;
}

/** What is rehearsed. */
export interface RehearsalOrder {
  readonly manifest: Manifest;
  readonly terms: RehearsalTerms;
  readonly source: SampleSource;
  /** Given to choose learning rate and the numbers of the proof by training first; they replace the manifest's. */
  readonly measure?: Pick<ProjectAnswers, "title" | "model" | "trainers" | "samplesEach">;
  readonly trainers: number;
  readonly attackMix: readonly AttackPart[];
  readonly rounds: number;
  readonly partition: PartitionPlan;
  readonly seed: string;
}

/** Asks the worker to look at a table, to rehearse, or to try every attack with so many attackers in place of the order's mix. It is cancelled by terminating the worker. */
export type RehearsalRequest =
  | { readonly type: "describe"; readonly file: Blob }
  | { readonly type: "rehearse"; readonly order: RehearsalOrder }
  | { readonly type: "survey"; readonly order: RehearsalOrder; readonly attackers: number };

/** Numbers that fit the samples. */
export interface MeasuredNumbers {
  readonly learningRate: number;
  readonly fractionBits: number;
  readonly ditherBits: number;
  readonly clipNorm: number;
}

/** A table as the page needs to know it. */
export interface DescribedTable {
  readonly data: Manifest["data"];
  readonly samples: number;
  readonly dropped: TableDescription["dropped"];
  /** What may spoil training. */
  readonly warnings: readonly string[];
}

/** What came of one attack of a survey; null as attack: nobody attacked. */
export interface TriedAttack
  extends Pick<
    RehearsalReport,
    "finalAccuracy" | "missedShare" | "falseRemovalShare" | "attackerPayShare" | "voidRounds"
  > {
  readonly attack: string | null;
  readonly findings: readonly string[];
}

/** What the worker says while it works. */
export type RehearsalMessage =
  | { readonly type: "doing"; readonly text: string }
  | { readonly type: "described"; readonly table: DescribedTable }
  | { readonly type: "measured"; readonly numbers: MeasuredNumbers }
  | {
      readonly type: "round";
      readonly round: RehearsedRound;
      readonly rounds: number;
      readonly isAttacker: readonly boolean[];
    }
  | { readonly type: "tried"; readonly tried: TriedAttack; readonly trials: number }
  | { readonly type: "surveyed"; readonly samples: number }
  | {
      readonly type: "done";
      readonly report: RehearsalReport;
      readonly findings: readonly string[];
      readonly samples: number;
    }
  | {
      readonly type: "failed";
      readonly code: string;
      readonly message: string;
      readonly hint: string;
    };
