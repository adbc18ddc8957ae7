import type { G1Point } from "../curve.ts";
import type { GramProof } from "../gram/gram-proof.ts";

/** Both proofs of a round, as they are settled. Twin: `contracts/types/RoundProof.sol`. */
export interface RoundProof {
  readonly gram: GramProof;
  readonly dummyCommitment: G1Point;
  readonly gramHash: bigint;
  readonly outcomeWords: readonly bigint[];
  readonly aggregateCommitment: G1Point;
  /** pA, pB, pC in the EVM's order. */
  readonly groth16: readonly bigint[];
}

/** Everything a settlement sends. Twin: `SettleRound` in `contracts/types/RoundRequests.sol`. */
export interface SettleRequest {
  readonly projectId: bigint;
  readonly roundIndex: number;
  readonly reference: G1Point;
  readonly payGradient: G1Point;
  /** Second coordinate of the project's `modelCommitment`: the market stores the first and the parity, and checks this one. */
  readonly modelY: bigint;
  /** Second coordinate of the project's `aggregateCommitment`; 0 before the first applied round. */
  readonly aggregateY: bigint;
  /** In order of submission: index 0 is slot 3. */
  readonly trainers: readonly string[];
  /** One each; `unopened` of what was submitted for one that is excluded. */
  readonly commitments: readonly G1Point[];
  /** Bit s is set when slot s could not be read. */
  readonly excludedMask: number;
  /** One reason a set bit, in order of slots; see `exclusionReasons`. */
  readonly exclusionReasons: readonly number[];
  readonly proof: RoundProof;
  readonly newModelCid: string;
}

/** Why a submission could not be read, by the number on chain. */
export const exclusionReasons = {
  1: "key-not-released",
  2: "bundle-not-found",
  3: "bundle-malformed",
  4: "commitment-mismatch",
  5: "entries-out-of-range",
} as const;

/** The number of a reason on chain. */
export type ExclusionReason = keyof typeof exclusionReasons;
