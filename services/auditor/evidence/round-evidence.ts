import type { G1Point } from "../../protocol/curve.ts";
import type { SubmittedHash } from "../../protocol/market/submissions.ts";
import type { SettleRequest } from "../../protocol/round/settlement.ts";

/** All that the chain says about one settled round, and about what came before it. */
export interface RoundEvidence {
  readonly chainId: bigint;
  /** Address of the market contract. */
  readonly market: string;
  readonly terms: {
    readonly slots: number;
    readonly ruleId: number;
    readonly ruleParameterA: number;
    readonly ruleParameterB: number;
    readonly normBoundSquared: bigint;
    readonly parameterCount: number;
    readonly flatBps: number;
    readonly capBps: number;
    readonly usesPayGradient: boolean;
  };
  readonly opening: { readonly reference: G1Point; readonly payGradient: G1Point };
  /** Submission events in order of their slots. */
  readonly submissions: readonly (SubmittedHash & { readonly slot: number })[];
  /** The contract's rolling hash just before the settlement; null when the node keeps no such old state. */
  readonly submissionsHash: string | null;
  /** What the settlement sent. */
  readonly request: SettleRequest;
  /** What the contract announced. */
  readonly settlement: {
    /** Who settled: the proof has to be made for this address. */
    readonly settledBy: string;
    readonly budgetWei: bigint;
    readonly paidWei: bigint;
    readonly outcomeWords: readonly bigint[];
    readonly trainers: readonly string[];
    readonly earningsWei: readonly bigint[];
  };
  /** One base weight per submission, 1 to 1023. */
  readonly baseWeights: readonly number[];
  readonly modelCommitment: G1Point;
  /** Commitment of the last applied aggregate; (0, 0) before the first applied round. */
  readonly lastAggregate: G1Point;
  /** The model that the contract published in this round, or null. */
  readonly published: { readonly commitment: G1Point; readonly cid: string } | null;
  /** The budget that follows from everything before; null when the chain's events are incomplete. */
  readonly expectedBudgetWei: bigint | null;
  /** What aggregators that missed their turns had to give to this round's trainers. */
  readonly forfeitedToTrainersWei: bigint;
}
