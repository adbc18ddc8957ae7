import { CommonweightError } from "../../../protocol/errors.ts";
import { IDLE_AFTER_ROUNDS, ROSTER_CAPACITY } from "../../../protocol/market/roster.ts";
import type { Chain } from "../connect.ts";
import { chainErrors } from "../errors.ts";
import type { MarketCall } from "../market-calls.ts";
import type { Project } from "../projects/project.ts";
import { type ProjectTrainer, readTrainers } from "../projects/project-trainer.ts";
import { type Round, readRound } from "./round.ts";

const FULL_ROSTER = (1n << BigInt(ROSTER_CAPACITY)) - 1n;

/** Whether nobody can join without somebody else's place. */
export const isRosterFull = ({ occupiedMask }: Pick<Project, "occupiedMask">): boolean =>
  occupiedMask === FULL_ROSTER;

/** Whether a trainer is in the open round: until that is over its place stays its own. */
export const isInRound = (
  { rosterIndex }: Pick<ProjectTrainer, "rosterIndex">,
  { isOpen, eligibleMask }: Pick<Round, "isOpen" | "eligibleMask">,
): boolean => isOpen && ((eligibleMask >> BigInt(rosterIndex)) & 1n) === 1n;

/** Trainers whose places others may take now, if there is no free one. */
export const idleTrainers = (
  trainers: readonly ProjectTrainer[],
  round: Pick<Round, "isOpen" | "eligibleMask">,
): readonly ProjectTrainer[] =>
  trainers.filter(
    (trainer) =>
      trainer.status === "active" &&
      trainer.missedRounds >= IDLE_AFTER_ROUNDS &&
      !isInRound(trainer, round),
  );

/**
 * Where an account can join a project: a free place, or that of a trainer who has sent nothing for so long that it loses its place
 * to whoever wants it. Several who look at once are led to different ones, so that few of them are too late.
 *
 * @returns The calls that must come first in the transaction that joins, so that nobody takes the place in between.
 * @throws CW2213 when all places are taken and nobody can be released now.
 */
export async function findPlace(
  chain: Chain,
  project: Pick<Project, "projectId" | "occupiedMask" | "phase">,
  account: string,
): Promise<readonly MarketCall[]> {
  const { projectId, phase } = project;
  if (!isRosterFull(project)) return [];
  const [trainers, round] = await Promise.all([
    readTrainers(chain, projectId),
    readRound(chain, projectId),
  ]);
  const isRoundExpired = phase === "expired";
  // Who is in a round that runs has to be waited for.
  const idle = idleTrainers(trainers, isRoundExpired ? { ...round, isOpen: false } : round);
  const chosen = idle[Number(BigInt(account) % BigInt(idle.length || 1))];
  if (chosen === undefined) {
    throw new CommonweightError(
      chainErrors.noPlace,
      `all ${ROSTER_CAPACITY} places of project ${projectId} are taken, and no trainer that could be replaced now is idle`,
    );
  }
  const release = { method: "releaseTrainer", args: [projectId, chosen.trainer] };
  return isRoundExpired ? [{ method: "poke", args: [projectId] }, release] : [release];
}
