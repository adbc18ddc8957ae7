import type { G1Point } from "../../protocol/curve.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { ROUND_PHASES, type RoundPhase } from "../../protocol/phases.ts";
import type { JudgedTerms } from "../../protocol/project-rules.ts";
import { cidToBytes } from "./cid-bytes.ts";
import { type Chain, call, send } from "./connect.ts";
import { chainErrors } from "./errors.ts";
import { type MarketCall, sendMarketCall } from "./market-calls.ts";
import type { Receipt } from "./transaction-sender.ts";

/** All terms of a project, as in `contracts/types/ProjectTerms.sol`, where each is explained. */
export interface ProjectTerms extends JudgedTerms {
  readonly minReliability: number;
  readonly modelVisibility: (typeof modelVisibilities)[number];
  readonly maxStrikes: number;
  readonly usesPayGradient: boolean;
}

/** In the order of the contract's enums. */
export const baseWeightKinds = ["equal", "bonded-stake"] as const;
export const modelVisibilities = ["public", "private"] as const;
export const trainerStatuses = [
  "none",
  "active",
  "leaving",
  "expelled",
  "slashed",
  "left",
  "released",
] as const;

export type TrainerStatus = (typeof trainerStatuses)[number];

/** A project as the chain has it now. */
export interface Project {
  readonly projectId: bigint;
  readonly owner: string;
  readonly terms: ProjectTerms;
  readonly phase: RoundPhase;
  /** Unix seconds; 0 once ended. */
  readonly phaseEndsAt: number;
  readonly isStopAnnounced: boolean;
  readonly rewardLeftWei: bigint;
  readonly escrowWei: bigint;
  readonly nextRoundIndex: number;
  readonly appliedRounds: number;
  readonly consecutiveVoids: number;
  readonly consecutiveAbandons: number;
  readonly aggregatorIndex: number;
  readonly trainerCount: number;
  readonly rosterMask: bigint;
  readonly occupiedMask: bigint;
  readonly modelCommitment: G1Point;
  readonly aggregateCommitment: G1Point;
  readonly bondsWei: readonly bigint[];
  /** What each aggregator has earned and not been transferred yet. */
  readonly aggregatorsEarnedWei: readonly bigint[];
}

/** A trainer in a project. */
export interface ProjectTrainer {
  readonly trainer: string;
  readonly status: TrainerStatus;
  readonly rosterIndex: number;
  readonly baseWeight: number;
  readonly reliability: number;
  readonly reliabilityUpdatedAt: number;
  readonly strikes: number;
  /** Rounds in a row that it was drawn for and sent nothing, 0 to 3; see `contracts/libraries/MissedRounds.sol`. */
  readonly missedRounds: number;
  readonly earnedWei: bigint;
  readonly stakeWei: bigint;
}

type Raw = Record<string, never>;
const ZERO_ADDRESS = "0x0000000000000000000000000000000000000000";

export const toPoint = (raw: { x: bigint; y: bigint }): G1Point => ({ x: raw.x, y: raw.y });

function enumName<T extends readonly string[]>(names: T, value: unknown): T[number] {
  return names[Number(value)] ?? `unknown-${value}`;
}

/** Terms as they came from the contract. */
export function toTerms(raw: Raw): ProjectTerms {
  const big = (name: string) => BigInt(raw[name] as unknown as bigint);
  const small = (name: string) => Number(raw[name]);
  return {
    rewardToken: String(raw.rewardToken),
    budgetPerRoundWei: big("budgetPerRoundWei"),
    referee: String(raw.referee),
    stakeWei: big("stakeWei"),
    fullWeightStakeWei: big("fullWeightStakeWei"),
    settleFeeWei: big("settleFeeWei"),
    normBoundSquared: big("normBoundSquared"),
    aggregatorBondWei: big("aggregatorBondWei"),
    joinSeconds: small("joinSeconds"),
    openSeconds: small("openSeconds"),
    commitSeconds: small("commitSeconds"),
    revealSeconds: small("revealSeconds"),
    settleSeconds: small("settleSeconds"),
    rounds: small("rounds"),
    extraRounds: small("extraRounds"),
    slots: small("slots"),
    ruleId: small("ruleId"),
    ruleParameterA: small("ruleParameterA"),
    ruleParameterB: small("ruleParameterB"),
    minTrainers: small("minTrainers"),
    maxTrainers: small("maxTrainers"),
    minReliability: small("minReliability"),
    parameterCount: small("parameterCount"),
    fractionBits: small("fractionBits"),
    flatBps: small("flatBps"),
    capBps: small("capBps"),
    baseWeightKind: enumName(baseWeightKinds, raw.baseWeightKind),
    modelVisibility: enumName(modelVisibilities, raw.modelVisibility),
    maxStrikes: small("maxStrikes"),
    payEvery: small("payEvery"),
    usesPayGradient: Boolean(raw.usesPayGradient),
    aggregators: [...(raw.aggregators as unknown as string[])].filter((a) => a !== ZERO_ADDRESS),
  };
}

/** Terms in the shape the contract takes. */
function fromTerms(terms: ProjectTerms): Record<string, unknown> {
  return {
    ...terms,
    baseWeightKind: baseWeightKinds.indexOf(terms.baseWeightKind),
    modelVisibility: modelVisibilities.indexOf(terms.modelVisibility),
    aggregators: [0, 1, 2].map((index) => terms.aggregators[index] ?? ZERO_ADDRESS),
  };
}

function toProject(raw: Raw): Project {
  return {
    projectId: raw.projectId as unknown as bigint,
    owner: String(raw.owner),
    terms: toTerms(raw.terms as unknown as Raw),
    phase: enumName(ROUND_PHASES, raw.phase),
    phaseEndsAt: Number(raw.phaseEndsAt),
    isStopAnnounced: Boolean(raw.isStopAnnounced),
    rewardLeftWei: raw.rewardLeftWei as unknown as bigint,
    escrowWei: raw.escrowWei as unknown as bigint,
    nextRoundIndex: Number(raw.nextRoundIndex),
    appliedRounds: Number(raw.appliedRounds),
    consecutiveVoids: Number(raw.consecutiveVoids),
    consecutiveAbandons: Number(raw.consecutiveAbandons),
    aggregatorIndex: Number(raw.aggregatorIndex),
    trainerCount: Number(raw.trainerCount),
    rosterMask: raw.rosterMask as unknown as bigint,
    occupiedMask: raw.occupiedMask as unknown as bigint,
    modelCommitment: toPoint(raw.modelCommitment as never),
    aggregateCommitment: toPoint(raw.aggregateCommitment as never),
    bondsWei: [...(raw.bondsWei as unknown as bigint[])],
    aggregatorsEarnedWei: [...(raw.aggregatorsEarnedWei as unknown as bigint[])],
  };
}

function toTrainer(raw: Raw): ProjectTrainer {
  return {
    trainer: String(raw.trainer),
    status: enumName(trainerStatuses, raw.status),
    rosterIndex: Number(raw.rosterIndex),
    baseWeight: Number(raw.baseWeight),
    reliability: Number(raw.reliability),
    reliabilityUpdatedAt: Number(raw.reliabilityUpdatedAt),
    strikes: Number(raw.strikes),
    missedRounds: Number(raw.missedRounds),
    earnedWei: raw.earnedWei as unknown as bigint,
    stakeWei: raw.stakeWei as unknown as bigint,
  };
}

/** How many projects the market has; their ids run from 1 to this. */
export async function countProjects(chain: Chain): Promise<number> {
  return Number(await call<bigint>(chain.market, "projectCount"));
}

/** Which block a state is read at: the newest one unless told. */
export interface AtBlock {
  readonly blockTag?: number;
}

/** A project. @throws CW2201 (`MarketUnknownProject`) when there is none of this id. */
export async function readProject(
  chain: Chain,
  projectId: bigint,
  at: AtBlock = {},
): Promise<Project> {
  return toProject(await call<Raw>(chain.market, "getProject", projectId, at));
}

/** Projects `firstId` to `firstId + limit - 1`, as far as there are. */
export async function readProjects(
  chain: Chain,
  firstId: bigint,
  limit: number,
): Promise<Project[]> {
  return [...(await call<Raw[]>(chain.market, "getProjects", firstId, limit))].map(toProject);
}

/** All trainers of a project by roster place. */
export async function readTrainers(
  chain: Chain,
  projectId: bigint,
  at: AtBlock = {},
): Promise<ProjectTrainer[]> {
  const raw = await call<Raw[]>(chain.market, "getTrainers", projectId, 0, 256, at);
  return [...raw].map(toTrainer);
}

/** One trainer of a project; status `none` when it never joined. */
export async function readTrainer(
  chain: Chain,
  projectId: bigint,
  trainer: string,
): Promise<ProjectTrainer> {
  return toTrainer(await call<Raw>(chain.market, "getTrainer", projectId, trainer));
}

/** What posting a project with these terms moves into the vault. */
export async function requiredEscrow(chain: Chain, terms: ProjectTerms): Promise<bigint> {
  return call<bigint>(chain.market, "requiredEscrow", fromTerms(terms));
}

/** What posting takes. */
export interface Posting {
  readonly terms: ProjectTerms;
  readonly modelCommitment: G1Point;
  readonly modelCid: string;
  readonly manifestCid: string;
  /** Called with the transaction's hash before waiting for it. */
  readonly onSent?: (hash: string) => void;
}

/**
 * Posts a project and returns its id. The vault needs an allowance of `requiredEscrow` (see `approveVault`), or else a
 * permit for it among the calls that come first in the same transaction.
 */
export async function postProject(
  chain: Chain,
  posting: Posting,
  first: readonly MarketCall[] = [],
): Promise<{ projectId: bigint; receipt: Receipt }> {
  const values = [
    fromTerms(posting.terms),
    posting.modelCommitment,
    cidToBytes(posting.modelCid),
    cidToBytes(posting.manifestCid),
  ];
  const receipt = await sendMarketCall(
    chain,
    { method: "postProject", args: values },
    first,
    posting.onSent && { onSent: posting.onSent },
  );
  return { projectId: await postedProjectId(chain, receipt), receipt };
}

/** The id of the project that a transaction posted. @throws CW2206 when it posted none. */
export async function postedProjectId(
  chain: Chain,
  { hash, blockNumber }: Pick<Receipt, "hash" | "blockNumber">,
): Promise<bigint> {
  const event = chain.market.getEvent("ProjectPosted");
  const logs = await chain.market.queryFilter(event, blockNumber, blockNumber);
  const log = logs.find((each) => each.transactionHash === hash);
  if (log === undefined) {
    throw new CommonweightError(chainErrors.notFound, `transaction ${hash} posted no project`);
  }
  return (log as unknown as { args: { projectId: bigint } }).args.projectId;
}

/**
 * Joins a project with a stake; the vault needs an allowance of it, at the latest after the calls that come first.
 *
 * @param first See `allowDeposit` and `findPlace`.
 */
export const joinProject = (
  chain: Chain,
  projectId: bigint,
  stakeWei: bigint,
  first: readonly MarketCall[] = [],
) => sendMarketCall(chain, { method: "joinProject", args: [projectId, stakeWei] }, first);

/** Leaves a project, at once or after the round that the trainer is in. */
export const leaveProject = (chain: Chain, projectId: bigint) =>
  send(chain, chain.market, "leaveProject", [projectId]);

/** Pays out somebody who left during a round that is over now, or who is idle in a full project. Anyone may. */
export const releaseTrainer = (chain: Chain, projectId: bigint, trainer: string) =>
  send(chain, chain.market, "releaseTrainer", [projectId, trainer]);

/** Deposits this account's bond as one of the project's aggregators; see {@link joinProject} for what comes first. */
export const bondAggregator = (
  chain: Chain,
  projectId: bigint,
  first: readonly MarketCall[] = [],
) => sendMarketCall(chain, { method: "bondAggregator", args: [projectId] }, first);

/** Adds budget to a project; see {@link joinProject} for what comes first. */
export const addBudget = (
  chain: Chain,
  projectId: bigint,
  amountWei: bigint,
  first: readonly MarketCall[] = [],
) => sendMarketCall(chain, { method: "addBudget", args: [projectId, amountWei] }, first);

/** Announces that no further round will open. */
export const announceStop = (chain: Chain, projectId: bigint) =>
  send(chain, chain.market, "announceStop", [projectId]);

/** Moves a project on after a missed deadline. Anyone may. */
export const poke = (chain: Chain, projectId: bigint) =>
  send(chain, chain.market, "poke", [projectId]);
