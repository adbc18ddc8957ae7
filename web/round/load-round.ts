import { type EventPlace, findEvents } from "../../services/adapters/chain/project-events.ts";
import { readProject } from "../../services/adapters/chain/projects/project.ts";
import {
  readOpenings,
  readRevealedKeys,
  readSubmissions,
  readVoidedRounds,
} from "../../services/adapters/chain/rounds/round-events.ts";
import {
  readSettlements,
  readSettleRequest,
} from "../../services/adapters/chain/rounds/settlements.ts";
import { roundPayouts } from "../../services/protocol/market/payout.ts";
import { unpackOutcome } from "../../services/protocol/round/public-signals.ts";
import type { Connection } from "../connection.ts";
import { readPlaces } from "./read-places.ts";

/** Reads everything that the chain says about a round. @throws CW2200, CW2201, CW2207 */
export async function loadRound(
  { chain, unit }: Connection,
  projectId: bigint,
  roundIndex: number,
) {
  const project = await readProject(chain, projectId);
  const { rewardToken, slots, flatBps, capBps } = project.terms;
  const [described, [opening], submissions, [settlement], voided, closed, keys] = await Promise.all(
    [
      unit(rewardToken),
      readOpenings(chain, projectId, roundIndex),
      readSubmissions(chain, projectId, roundIndex),
      readSettlements(chain, projectId, roundIndex),
      readVoidedRounds(chain, projectId),
      findEvents(chain, "CommitPhaseClosed", [projectId, roundIndex]),
      readRevealedKeys(chain, projectId, roundIndex),
    ],
  );
  const request = settlement && (await readSettleRequest(chain, { ...settlement, projectId }));
  const outcome = settlement && unpackOutcome(settlement.outcomeWords, slots);
  const ended = voided.find((each) => each.roundIndex === roundIndex);
  const isPlace = (place: EventPlace | undefined): place is EventPlace => place !== undefined;
  const places = await readPlaces(
    chain,
    [opening, ...submissions, closed[0]?.place, ...keys, settlement, ended].filter(isPlace),
  );
  return {
    ...{ project, opening, submissions, settlement, request, outcome, keys, places },
    token: described,
    /** Whether there was a change of an earlier round to compare with. */
    hasLastChange: (request?.aggregateY ?? 0n) !== 0n,
    closed: closed[0]?.place,
    ended,
    pay:
      settlement &&
      outcome &&
      roundPayouts({ budgetWei: settlement.budgetWei, flatBps, capBps, outcome }),
  };
}

/** A round as the chain tells it. */
export type RoundFacts = Awaited<ReturnType<typeof loadRound>>;
