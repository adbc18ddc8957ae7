import type { AtBlock } from "../at-block.ts";
import { type Chain, call, send } from "../connect.ts";
import { enumName, type Raw } from "../contract-values.ts";
import { type MarketCall, sendMarketCall } from "../market-calls.ts";

/** In the order of the contract's enum. */
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
