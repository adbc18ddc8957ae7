import type { Chain } from "../adapters/chain/connect.ts";
import { chainErrors, toChainError } from "../adapters/chain/errors.ts";
import type { Project } from "../adapters/chain/projects/project.ts";
import { type ProjectTrainer, readTrainers } from "../adapters/chain/projects/project-trainer.ts";
import { readOpenings } from "../adapters/chain/rounds/round-events.ts";
import { readSettlements, type Settlement } from "../adapters/chain/rounds/settlements.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { IDLE_AFTER_ROUNDS } from "../protocol/market/roster.ts";
import { unpackOutcome } from "../protocol/round/public-signals.ts";
import { type ExpectedPay, expectedPay, type PastRound } from "./expected-pay.ts";

/** How a project has paid, and how fast it goes. */
export interface ProjectRecord {
  readonly pay: ExpectedPay;
  /** For each round that is settled. */
  readonly roundSeconds: number;
  /** `measured`: mean of the settled rounds; `longest`: the windows of the terms, because none is settled yet. */
  readonly roundSecondsFrom: "measured" | "longest";
  readonly roundsLeft: number;
  /** Expected pay of an hour of rounds; the machine works only a part of it. */
  readonly perHourWei: bigint;
}

/** Older rounds say little: other trainers were there. */
const ROUNDS_LOOKED_AT = 20;

function toPastRound(settlement: Settlement, slots: number, account?: string): PastRound {
  const { budgetWei, paidWei, trainers, earningsWei } = settlement;
  const { verdicts } = unpackOutcome(settlement.outcomeWords, slots);
  const isAccepted = (index: number) => verdicts[index] === "accepted";
  const ownIndex = trainers.findIndex((each) => each.toLowerCase() === account?.toLowerCase());
  return {
    budgetWei,
    paidWei,
    submitted: trainers.length,
    earnedWei: earningsWei.filter((_, index) => isAccepted(index)),
    ownWei: ownIndex < 0 ? undefined : isAccepted(ownIndex) ? earningsWei[ownIndex] : 0n,
  };
}

/** Seconds of a block. */
async function timeOf(chain: Chain, blockNumber: number): Promise<number> {
  const block = await chain.provider.getBlock(blockNumber).catch((cause: unknown) => {
    throw toChainError(cause, `reading block ${blockNumber}`);
  });
  if (block === null) throw new CommonweightError(chainErrors.notFound, `block ${blockNumber}`);
  return block.timestamp;
}

async function measuredRoundSeconds(
  chain: Chain,
  projectId: bigint,
  settlements: readonly Settlement[],
): Promise<number | undefined> {
  const [first, last] = [settlements[0], settlements.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const [opening] = await readOpenings(chain, projectId, first.roundIndex);
  if (opening === undefined) return undefined;
  const [from, to] = await Promise.all([
    timeOf(chain, opening.blockNumber),
    timeOf(chain, last.blockNumber),
  ]);
  // Rounds that came to nothing in between take time, too, and pay nobody.
  return Math.max(1, (to - from) / settlements.length);
}

/**
 * Reads what a project has paid and how long its rounds take, and what that lets a trainer expect.
 *
 * @param account Whose own rounds count, if it has any; nobody's when left out.
 */
export async function readProjectRecord(
  chain: Chain,
  project: Project,
  account?: string,
): Promise<ProjectRecord> {
  const { projectId, terms } = project;
  const [trainers, settlements] = await Promise.all([
    readTrainers(chain, projectId),
    readSettlements(chain, projectId),
  ]);
  const newest = settlements.slice(-ROUNDS_LOOKED_AT);
  const isOwn = (each: { trainer: string }) =>
    each.trainer.toLowerCase() === account?.toLowerCase();
  const active = trainers.filter(({ status }) => status === "active");
  // As `RoundOpening` draws.
  const drawnWith = ({ reliability, missedRounds }: ProjectTrainer) =>
    missedRounds >= IDLE_AFTER_ROUNDS ? 0 : reliability;
  const pay = expectedPay({
    terms,
    othersReliability: active.filter((each) => !isOwn(each)).map(drawnWith),
    reliability: active.filter(isOwn).map(drawnWith)[0],
    past: newest.map((settlement) => toPastRound(settlement, terms.slots, account)),
  });
  const measured = await measuredRoundSeconds(chain, projectId, newest);
  const { openSeconds, commitSeconds, revealSeconds, settleSeconds } = terms;
  const roundSeconds = measured ?? openSeconds + commitSeconds + revealSeconds + settleSeconds;
  return {
    pay,
    roundSeconds,
    roundSecondsFrom: measured === undefined ? "longest" : "measured",
    roundsLeft: Math.max(0, terms.rounds - project.appliedRounds),
    perHourWei: (pay.perRoundWei * 3600n) / BigInt(Math.max(1, Math.round(roundSeconds))),
  };
}
