import type { G1Point } from "../../../protocol/curve.ts";
import { ROUND_PHASES, type RoundPhase } from "../../../protocol/market/phases.ts";
import type { AtBlock } from "../at-block.ts";
import { type Chain, call, type SendOptions, send } from "../connect.ts";
import { enumName, type Raw, toPoint } from "../contract-values.ts";
import { type MarketCall, sendMarketCall } from "../market-calls.ts";
import { type ProjectTerms, toTerms } from "./project-terms.ts";

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

/** How many projects the market has; their ids run from 1 to this. */
export async function countProjects(chain: Chain): Promise<number> {
  return Number(await call<bigint>(chain.market, "projectCount"));
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

/** Deposits this account's bond as one of the project's aggregators; see {@link joinProject} for what comes first. */
export const bondAggregator = (
  chain: Chain,
  projectId: bigint,
  first: readonly MarketCall[] = [],
) => sendMarketCall(chain, { method: "bondAggregator", args: [projectId] }, first);

/** Adds budget to a project; see {@link joinProject} for what comes first. */
export const addBudget = (
  chain: Chain,
  { projectId, amountWei }: { readonly projectId: bigint; readonly amountWei: bigint },
  first: readonly MarketCall[] = [],
  options: SendOptions = {},
) => sendMarketCall(chain, { method: "addBudget", args: [projectId, amountWei] }, first, options);

/** Announces that no further round will open. */
export const announceStop = (chain: Chain, projectId: bigint) =>
  send(chain, chain.market, "announceStop", [projectId]);

/** Moves a project on after a missed deadline. Anyone may. */
export const poke = (chain: Chain, projectId: bigint) =>
  send(chain, chain.market, "poke", [projectId]);
