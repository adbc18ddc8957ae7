import { CommonweightError } from "../../protocol/errors.ts";
import { IDLE_AFTER_ROUNDS, ROSTER_CAPACITY } from "../../protocol/roster.ts";
import type { Chain } from "./connect.ts";
import { chainErrors } from "./errors.ts";
import type { MarketCall } from "./market-calls.ts";
import type { Project } from "./project.ts";
import { readTrainers } from "./project-trainer.ts";
import { readRound } from "./round.ts";

const FULL_ROSTER = (1n << BigInt(ROSTER_CAPACITY)) - 1n;

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
  const { projectId, occupiedMask, phase } = project;
  if (occupiedMask !== FULL_ROSTER) return [];
  const [trainers, round] = await Promise.all([
    readTrainers(chain, projectId),
    readRound(chain, projectId),
  ]);
  const isRoundExpired = phase === "expired";
  // Who is in a round that runs has to be waited for.
  const busy = round.isOpen && !isRoundExpired ? round.eligibleMask : 0n;
  const idle = trainers.filter(
    ({ status, missedRounds, rosterIndex }) =>
      status === "active" &&
      missedRounds >= IDLE_AFTER_ROUNDS &&
      ((busy >> BigInt(rosterIndex)) & 1n) === 0n,
  );
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
