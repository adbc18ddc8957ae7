import type { AtBlock } from "../../adapters/chain/at-block.ts";
import { type Chain, chainTime } from "../../adapters/chain/connect.ts";
import { isChainUnreachable } from "../../adapters/chain/errors.ts";
import { type Project, readProject } from "../../adapters/chain/projects/project.ts";
import { readRound } from "../../adapters/chain/rounds/round.ts";
import { openBlockNews } from "../../adapters/chain/rpc/block-news.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { readWatchEvents, type WatchEvent } from "./watch-events.ts";

/** Where a project stands. */
export interface Standing {
  readonly phase: Project["phase"];
  /** Unix seconds of the chain's clock; 0 when nothing is due. */
  readonly deadline: number;
  /** Until the deadline by the chain's clock; below 0 when it has passed. */
  readonly secondsLeft: number;
  /** The open round, or the next. */
  readonly roundIndex: number;
  readonly rounds: number;
  readonly appliedRounds: number;
  readonly submitted: number;
  readonly trainers: number;
  readonly rewardLeftWei: bigint;
}

/** Options of {@link watchProject}. */
export interface WatchOptions {
  readonly chain: Chain;
  readonly projectId: bigint;
  /** Block of the first event to tell; the project's own beginning without it. */
  readonly fromBlock?: number | undefined;
  /** Measures the newest model when there is a new one. */
  readonly evaluate?:
    | ((version: number) => Promise<{ accuracy: number; loss: number }>)
    | undefined;
  readonly signal: AbortSignal;
  readonly onEvent: (event: WatchEvent | { type: string; [detail: string]: unknown }) => void;
  /** Called after every look, about once a second. */
  readonly onStanding: (standing: Standing) => void;
}

const LONGEST_WAIT_MS = 1000;

async function readStanding(chain: Chain, project: Project, at: AtBlock): Promise<Standing> {
  const { projectId, phase, phaseEndsAt, terms } = project;
  const [round, now] = await Promise.all([readRound(chain, projectId, at), chainTime(chain)]);
  return {
    phase,
    deadline: phaseEndsAt,
    secondsLeft: phaseEndsAt === 0 ? 0 : phaseEndsAt - now,
    roundIndex: round.isOpen ? round.roundIndex : project.nextRoundIndex,
    rounds: terms.rounds,
    appliedRounds: project.appliedRounds,
    submitted: round.isOpen ? round.submittedCount : 0,
    trainers: project.trainerCount,
    rewardLeftWei: project.rewardLeftWei,
  };
}

/** Events with the time at which they happened, by the reader's clock: a chain's may be ahead of it. */
async function withTimes(chain: Chain, events: readonly WatchEvent[]): Promise<WatchEvent[]> {
  if (events.length === 0) return [];
  const numbers = [...new Set(events.map(({ blockNumber }) => blockNumber))];
  const [now, ...blocks] = await Promise.all([
    chainTime(chain),
    ...numbers.map((number) => chain.provider.getBlock(number)),
  ]);
  const secondsOf = new Map(numbers.map((number, i) => [number, blocks[i]?.timestamp]));
  const ahead = Math.max(0, now - Date.now() / 1000);
  return events.map((event) => {
    const seconds = secondsOf.get(event.blockNumber);
    return seconds === undefined
      ? event
      : { ...event, happenedAt: new Date((seconds - ahead) * 1000).toISOString() };
  });
}

/**
 * Tells what happened to a project and what happens, until it ends or the signal comes. A chain that is away is told once and waited for.
 *
 * @throws CW2201 when there is no such project.
 */
export async function watchProject(options: WatchOptions): Promise<void> {
  const { chain, projectId, signal, onEvent, onStanding } = options;
  let from = options.fromBlock ?? chain.addresses.deployBlock;
  let [measured, lastPhase, isAway] = [-1, "", false];

  async function look(): Promise<boolean> {
    // Everything as of one block: a round that ends between two reads would show one round's number with the other's phase.
    const toBlock = await chain.provider.getBlockNumber();
    const project = await readProject(chain, projectId, { blockTag: toBlock });
    const { slots } = project.terms;
    const events = await readWatchEvents(chain, { projectId, slots }, { fromBlock: from, toBlock });
    from = toBlock + 1;
    for (const event of await withTimes(chain, events)) onEvent(event);
    const standing = await readStanding(chain, project, { blockTag: toBlock });
    const phase = `${standing.phase}/${standing.roundIndex}`;
    if (phase !== lastPhase) onEvent({ type: "phase", ...standing });
    lastPhase = phase;
    onStanding(standing);
    const version = events.findLast(({ type }) => type === "model-published")?.version;
    if (options.evaluate && typeof version === "number" && version > measured) {
      measured = version;
      await measure(options.evaluate, version);
    }
    return project.phase === "ended";
  }

  async function measure(evaluate: NonNullable<WatchOptions["evaluate"]>, version: number) {
    try {
      onEvent({ type: "evaluated", version, ...(await evaluate(version)) });
    } catch (error) {
      if (!(error instanceof CommonweightError) || signal.aborted) throw error;
      // The model may not be served yet; the watch goes on without its accuracy.
      onEvent({ type: "not-evaluated", version, code: error.code, message: error.message });
    }
  }

  const news = openBlockNews(chain);
  try {
    while (!signal.aborted) {
      try {
        if (await look()) return;
        isAway = false;
      } catch (error) {
        if (signal.aborted) return;
        if (!isChainUnreachable(error) && !isAway) throw error;
        if (!isAway) onEvent({ type: "chain-away", message: (error as Error).message });
        isAway = true;
      }
      await news.until({ longestMs: LONGEST_WAIT_MS, signal });
    }
  } finally {
    news.close();
  }
}
