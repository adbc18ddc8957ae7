import type { Chain } from "../../adapters/chain/connect.ts";
import type { Project } from "../../adapters/chain/projects/project.ts";
import type { Round } from "../../adapters/chain/rounds/round.ts";
import { pause } from "../../protocol/pause.ts";
import type { ChainHead } from "../chain-head.ts";

/** Part of a turn to settle that is kept for giving the round up: some blocks, where turns are as long as they should be. */
const KEPT = 1 / 6;
/** How soon a node that does not answer is asked again. */
const AGAIN_MS = 1000;

/** How many turns come before this aggregator's: 0 for the one in charge. */
export function turnsBefore(
  { terms, aggregatorIndex }: Pick<Project, "terms" | "aggregatorIndex">,
  ownIndex: number,
): number {
  const count = terms.aggregators.length;
  return (ownIndex - aggregatorIndex + count) % count;
}

/** When this aggregator's turn to settle ends, Unix seconds. */
export function turnEndsAt(
  project: Pick<Project, "terms" | "aggregatorIndex">,
  { revealClosesAt }: Pick<Round, "revealClosesAt">,
  ownIndex: number,
): number {
  return revealClosesAt + (turnsBefore(project, ownIndex) + 1) * project.terms.settleSeconds;
}

/** What looks at the chain's clock. */
interface Clock {
  readonly chain: Chain;
  readonly head: ChainHead;
}

/** A turn to settle. */
interface Turn {
  /** Unix seconds. */
  readonly endsAt: number;
  readonly seconds: number;
}

/** What work that a turn is for is told, and tells. */
export interface WorkInTurn {
  /** Says that the turn is about to end. */
  readonly signal: AbortSignal;
  /** Called when the round is about to be settled, or given up: from then on the end of the turn stops nothing. */
  readonly onSettling: () => void;
}

/**
 * Does what a turn to settle is for, and stops when the turn is about to end: with what is left of it the round can still be given up.
 *
 * @returns False when it was stopped.
 */
export async function beforeTurnEnds(
  clock: Clock & { readonly signal: AbortSignal },
  turn: Turn,
  work: (inTurn: WorkInTurn) => Promise<void>,
): Promise<boolean> {
  const [settling, tooLate] = [new AbortController(), new AbortController()];
  const onSettling = () => settling.abort();
  const working = work({
    signal: AbortSignal.any([clock.signal, tooLate.signal]),
    onSettling,
  }).finally(onSettling);
  // What fails because it was stopped is no news.
  working.catch(() => undefined);
  const signal = AbortSignal.any([clock.signal, settling.signal]);
  const isOver = await Promise.race([
    working.then(() => false),
    isAboutToEnd(clock, turn, signal).then((ends) => ends || working.then(() => false)),
  ]);
  if (isOver) tooLate.abort();
  return !isOver;
}

/** Waits for it, by the chain's clock; false when nobody needs to know any more. Who begins in the part that is kept has half of what is left. */
async function isAboutToEnd(
  { chain, head }: Clock,
  { endsAt, seconds }: Turn,
  signal: AbortSignal,
): Promise<boolean> {
  let from: number | undefined;
  let block: { number: number; time: number; atMs: number } | undefined;
  while (!signal.aborted) {
    const read = await head.read(chain).catch(() => undefined);
    if (read === undefined) {
      await pause(AGAIN_MS, signal);
      continue;
    }
    // Without a new block the chain's clock goes on all the same: the next block will say so.
    if (block?.number !== read.number) block = { ...read, atMs: performance.now() };
    const now = block.time + (performance.now() - block.atMs) / 1000;
    const kept = endsAt - KEPT * seconds;
    from ??= now < kept ? kept : now + (endsAt - now) / 2;
    if (now >= from) return true;
    await pause(Math.min((from - now) * 1000 + 1, 2 ** 31 - 1), signal);
  }
  return false;
}
