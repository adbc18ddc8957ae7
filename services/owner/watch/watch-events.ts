import { cidFromBytes } from "../../adapters/chain/cid-bytes.ts";
import type { Chain } from "../../adapters/chain/connect.ts";
import { findProjectEvents, type ProjectEvent } from "../../adapters/chain/project-events.ts";
import { splitCredits } from "../../adapters/chain/projects/credits.ts";
import { voidReasons } from "../../adapters/chain/rounds/round-events.ts";
import { unpackOutcome } from "../../protocol/round/public-signals.ts";
import { exclusionReasons } from "../../protocol/round/settlement.ts";

/** Something that happened to a project, as owners see it: plain data, one line of JSON each. */
export interface WatchEvent {
  readonly type: string;
  readonly blockNumber: number;
  readonly [detail: string]: unknown;
}

/** In the order of the contract's enum. */
const endReasons = ["all-rounds-applied", "attempts-used-up", "stopped", "nobody-opened"] as const;

type Args = ProjectEvent["args"];

/** What is told of an event; events that are not here interest nobody who watches. */
const TOLD: Readonly<Record<string, (args: Args, slots: number) => Record<string, unknown>>> = {
  ProjectPosted: ({ owner }) => ({ type: "posted", owner }),
  BudgetAdded: ({ from, amountWei }) => ({ type: "budget-added", from, amountWei }),
  StopAnnounced: () => ({ type: "stop-announced" }),
  ProjectEnded: ({ reason, refundWei }) => ({
    type: "ended",
    reason: endReasons[Number(reason)] ?? `reason ${reason}`,
    refundWei,
  }),
  TrainerJoined: ({ trainer, stakeWei }) => ({ type: "joined", trainer, stakeWei }),
  TrainerReleased: ({ trainer, releasedBy }) => ({ type: "released", trainer, releasedBy }),
  TrainerLeft: ({ trainer, paidWei }) => ({ type: "left", trainer, paidWei }),
  TrainerExpelled: ({ trainer, strikes }) => ({
    type: "expelled",
    trainer,
    strikes: Number(strikes),
  }),
  StakeSlashed: ({ trainer, burnedWei }) => ({ type: "slashed", trainer, burnedWei }),
  AggregatorChanged: ({ aggregator }) => ({ type: "aggregator-changed", aggregator }),
  BondForfeited: ({ aggregator, toSettlerWei, toTrainersWei }) => ({
    type: "bond-forfeited",
    aggregator,
    toSettlerWei,
    toTrainersWei,
  }),
  RoundOpened: ({ roundIndex, aggregator, commitClosesAt }) => ({
    type: "round-opened",
    roundIndex: Number(roundIndex),
    aggregator,
    commitClosesAt: Number(commitClosesAt),
  }),
  UpdateSubmitted: ({ roundIndex, trainer, slot }) => ({
    type: "update-submitted",
    roundIndex: Number(roundIndex),
    trainer,
    slot: Number(slot),
  }),
  CommitPhaseClosed: ({ roundIndex }) => ({
    type: "commit-closed",
    roundIndex: Number(roundIndex),
  }),
  SubmissionExcluded: ({ roundIndex, trainer, reason }) => ({
    type: "excluded",
    roundIndex: Number(roundIndex),
    trainer,
    reason: exclusionReasons[Number(reason) as keyof typeof exclusionReasons],
  }),
  RoundSettled: (args, slots) => {
    const outcome = unpackOutcome([...args.outcomeWords], slots);
    const { budgetWei, paidWei } = args;
    const { trainers, earningsWei } = splitCredits(args.credits);
    return {
      type: "round-settled",
      roundIndex: Number(args.roundIndex),
      budgetWei,
      paidWei,
      isVoid: outcome.weights.every((weight) => weight === 0),
      trainers: trainers.map((trainer, index) => ({
        trainer,
        verdict: outcome.verdicts[index],
        share: outcome.shares[index],
        earnedWei: earningsWei[index],
      })),
    };
  },
  RoundVoided: ({ roundIndex, reason }) => ({
    type: "round-voided",
    roundIndex: Number(roundIndex),
    reason: voidReasons[Number(reason)],
  }),
  BetterReferenceNeeded: ({ consecutiveVoids }) => ({
    type: "better-reference-needed",
    consecutiveVoids: Number(consecutiveVoids),
  }),
  ModelPublished: ({ modelVersion, roundIndex, cid }) => ({
    type: "model-published",
    version: Number(modelVersion),
    roundIndex: Number(roundIndex),
    cid: cidFromBytes(cid),
  }),
};

/**
 * What happened to a project in a range of blocks, oldest first.
 *
 * @throws CW2200 when the chain is away.
 */
export async function readWatchEvents(
  chain: Chain,
  project: { readonly projectId: bigint; readonly slots: number },
  range: { readonly fromBlock: number; readonly toBlock: number },
): Promise<WatchEvent[]> {
  const events = await findProjectEvents(chain, project.projectId, range);
  return events.flatMap(({ name, args, place }) => {
    const told = TOLD[name]?.(args, project.slots);
    return told === undefined
      ? []
      : [{ ...told, type: String(told.type), blockNumber: place.blockNumber }];
  });
}
