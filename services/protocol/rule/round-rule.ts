import type { GramMatrix } from "../gram/gram-matrix.ts";
import type { RoundTerms } from "./round-terms.ts";
import type { Verdict } from "./verdicts.ts";

/** Weights of an applied round sum to this. */
export const WEIGHT_TOTAL = 1024;
/** Shares are parts of this; flooring leaves their sum at or a little below it. */
export const SHARE_TOTAL = 65_535;

/** Everything a rule decides from. */
export interface RoundRuleInput {
  readonly terms: RoundTerms;
  readonly gram: GramMatrix;
}

/** Values between input and outcome that a circuit takes as witness hints. Index 0 of every list is slot 3. */
export interface RoundRuleHints {
  /** Floor of the unscaled weight; 0 for trainers that are not accepted. */
  readonly rawWeights: readonly bigint[];
  /** Sum of `rawWeights`; 0 makes the round void. */
  readonly rawWeightSum: bigint;
  /** Unit 1/1024: 1024 for everything new, also for trainers that are not accepted. */
  readonly novelty: readonly number[];
  /** Contribution before novelty, clamped at 0. */
  readonly contributions: readonly bigint[];
  /** `sum_i contributions[i] * novelty[i]`; 0 means nobody is paid by share. */
  readonly contributionSum: bigint;
  /** Scale of the reference in the quadratic pay, unit 1/1024; 0 when the project has a pay gradient. */
  readonly kappa: bigint;
}

/** What a rule decides about a round. Index 0 of every list is the trainer in slot 3. */
export interface RoundRuleOutcome {
  readonly verdicts: readonly Verdict[];
  /** Parts of 1024; they sum to 1024, or to 0 in a void round. */
  readonly weights: readonly number[];
  /** Parts of 65535. */
  readonly shares: readonly number[];
  /** Too few survived: nothing is applied and nothing paid. Exactly then all weights are zero. */
  readonly isVoid: boolean;
  readonly hints: RoundRuleHints;
}

/** What a project owner chooses about a rule. */
export interface RoundRuleParameters {
  readonly slotCount: number;
  /** Trainers below which the project does not settle a round. */
  readonly minimumTrainers: number;
  readonly parameterA: number;
  readonly parameterB: number;
}

/** A rule of the market: a pure function of the Gram matrix, with a circuit as its twin. */
export interface RoundRule {
  /** Stable number in contracts and transcripts. */
  readonly id: number;
  /** Stable name in manifests and on the command line. */
  readonly name: string;
  /** Why parameters would be unsound, as a sentence for the project owner, or null. */
  refuse(parameters: RoundRuleParameters): string | null;
  /**
   * Decides the round.
   *
   * @throws CommonweightError CW1000 for malformed terms, CW1001 for a matrix that does not fit them.
   */
  evaluate(input: RoundRuleInput): RoundRuleOutcome;
}
