import type { Chain } from "../../services/adapters/chain/connect.ts";
import { findEvents } from "../../services/adapters/chain/project-events.ts";
import { readProject } from "../../services/adapters/chain/projects/project.ts";
import {
  readSubmissions,
  readVoidedRounds,
} from "../../services/adapters/chain/rounds/round-events.ts";
import { readSettlements } from "../../services/adapters/chain/rounds/settlements.ts";
import { unpackOutcome } from "../../services/protocol/round/public-signals.ts";

/** What a project in which everybody is honest has lost by misfortune, as the chain tells it. */
export interface Losses {
  readonly roundsSettled: number;
  /** Of the settled ones: fewer than half of the updates, all of which were read, passed the rule's tests. */
  readonly voidByRule: number;
  /** Rounds that came to nothing without a settlement. */
  readonly roundsGivenUp: number;
  readonly settledTwice: number;
  readonly updatesRead: number;
  /** Updates on chain that no settled round read: left out of one, or submitted to a round that came to nothing. */
  readonly updatesLost: number;
  /** Trainers that were away while a settled round took updates; the round did not wait. */
  readonly updatesMissed: number;
  /** Bonds of aggregators that missed their turns. */
  readonly bondsForfeitedWei: string;
  readonly stakesSlashed: number;
  readonly trainersExpelled: number;
  readonly escrowLeftWei: string;
}

/** Reads the losses of a project with so many trainers. */
export async function countLosses(
  chain: Chain,
  projectId: bigint,
  trainers: number,
): Promise<Losses> {
  const [project, settlements, voided, forfeits, slashed, expelled] = await Promise.all([
    readProject(chain, projectId),
    readSettlements(chain, projectId),
    readVoidedRounds(chain, projectId),
    findEvents(chain, "BondForfeited", [projectId]),
    findEvents(chain, "StakeSlashed", [projectId]),
    findEvents(chain, "TrainerExpelled", [projectId]),
  ]);
  const verdicts = settlements.flatMap(({ trainers: submitters, outcomeWords }) =>
    unpackOutcome(outcomeWords, project.terms.slots).verdicts.slice(0, submitters.length),
  );
  const settledRounds = new Set(settlements.map(({ roundIndex }) => roundIndex));
  // A settlement may find a round void: its updates were read.
  const givenUp = voided.filter(({ roundIndex }) => !settledRounds.has(roundIndex));
  const unread = await Promise.all(
    givenUp.map(({ roundIndex }) => readSubmissions(chain, projectId, roundIndex)),
  );
  const leftOut = verdicts.filter((verdict) => verdict === "inactive").length;
  return {
    roundsSettled: settlements.length,
    voidByRule: voided.length - givenUp.length,
    roundsGivenUp: givenUp.length,
    settledTwice: settlements.length - settledRounds.size,
    updatesRead: verdicts.length - leftOut,
    updatesLost: leftOut + unread.flat().length,
    updatesMissed: settlements.length * trainers - verdicts.length,
    bondsForfeitedWei: forfeits
      .reduce((sum, { args }) => sum + BigInt(args.toSettlerWei) + BigInt(args.toTrainersWei), 0n)
      .toString(),
    stakesSlashed: slashed.length,
    trainersExpelled: expelled.length,
    escrowLeftWei: project.escrowWei.toString(),
  };
}

/** Whether nobody has lost work, money or standing. Who was away when a round took updates has lost neither. */
export function isNothingLost(losses: Losses): boolean {
  return (
    losses.settledTwice === 0 &&
    losses.updatesLost === 0 &&
    losses.bondsForfeitedWei === "0" &&
    losses.stakesSlashed === 0 &&
    losses.trainersExpelled === 0 &&
    losses.escrowLeftWei === "0"
  );
}
