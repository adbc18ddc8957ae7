import { z } from "zod";
import { baseWeightKinds, modelVisibilities } from "../adapters/chain/projects/project-terms.ts";
import { trainerStatuses } from "../adapters/chain/projects/project-trainer.ts";
import { ROUND_PHASES } from "../protocol/market/phases.ts";
import { address, bytes32, cid, count, integerText, point, seconds, wei } from "./output-values.ts";

/** A project's terms in an output. */
const termsOutput = z.strictObject({
  rewardToken: address,
  budgetPerRoundWei: wei,
  referee: address,
  stakeWei: wei,
  fullWeightStakeWei: wei,
  settleFeeWei: wei,
  normBoundSquared: integerText,
  aggregatorBondWei: wei,
  joinSeconds: seconds,
  openSeconds: seconds,
  commitSeconds: seconds,
  revealSeconds: seconds,
  settleSeconds: seconds,
  rounds: count,
  extraRounds: count,
  slots: z.union([z.literal(8), z.literal(16), z.literal(32)]),
  ruleId: count,
  ruleParameterA: count,
  ruleParameterB: count,
  minTrainers: count,
  maxTrainers: count,
  minReliability: count,
  parameterCount: count,
  fractionBits: count,
  flatBps: count,
  capBps: count,
  baseWeightKind: z.enum(baseWeightKinds),
  modelVisibility: z.enum(modelVisibilities),
  maxStrikes: count,
  payEvery: count,
  usesPayGradient: z.boolean(),
  aggregators: z.array(address).min(1).max(3),
});

/** A project as the chain has it, in an output. */
export const projectOutput = z.strictObject({
  projectId: integerText,
  owner: address,
  terms: termsOutput,
  phase: z.enum(ROUND_PHASES),
  phaseEndsAt: seconds,
  isStopAnnounced: z.boolean(),
  rewardLeftWei: wei,
  escrowWei: wei,
  nextRoundIndex: count,
  appliedRounds: count,
  consecutiveVoids: count,
  consecutiveAbandons: count,
  aggregatorIndex: count,
  trainerCount: count,
  rosterMask: integerText,
  occupiedMask: integerText,
  modelCommitment: point,
  aggregateCommitment: point,
  bondsWei: z.array(wei),
  aggregatorsEarnedWei: z.array(wei),
});

/** A trainer of a project, in an output. */
export const trainerOutput = z.strictObject({
  trainer: address,
  status: z.enum(trainerStatuses),
  rosterIndex: count,
  baseWeight: count,
  reliability: count,
  reliabilityUpdatedAt: seconds,
  strikes: count,
  missedRounds: count,
  earnedWei: wei,
  stakeWei: wei,
});

/** A published model, in an output. */
export const modelOutput = z.strictObject({
  version: count,
  roundIndex: count,
  commitment: point,
  cid,
  blockNumber: count,
  transactionHash: bytes32,
});
