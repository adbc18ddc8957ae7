import type { Round } from "../adapters/chain/rounds/round.ts";

/** A watch over the phase in which a round takes updates. */
export interface CommitPhaseWatch extends Disposable {
  /** Aborts when the phase is over, or with the signal that the watch was given. */
  readonly signal: AbortSignal;
  isOver(): boolean;
}

/** A round that others end or that has run out of time is noticed this much later, at most. */
const LOOK_EVERY_MS = 1000;

/**
 * Looks at the round until it takes no updates any more, by the chain's own word: its clock may go otherwise than ours. A look that fails
 * is no reason to stop.
 */
export function watchCommitPhase(
  readRound: () => Promise<Pick<Round, "isOpen" | "roundIndex" | "phase">>,
  roundIndex: number,
  stop: AbortSignal | undefined,
  lookEveryMs: number = LOOK_EVERY_MS,
): CommitPhaseWatch {
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let isDisposed = false;
  async function look(): Promise<void> {
    const round = await readRound().catch(() => undefined);
    if (isDisposed) return;
    if (round !== undefined && !isTaking(round)) over.abort();
    else timer = setTimeout(look, lookEveryMs);
  }
  const isTaking = (round: Pick<Round, "isOpen" | "roundIndex" | "phase">) =>
    round.isOpen && round.roundIndex === roundIndex && round.phase === "commit";
  timer = setTimeout(look, lookEveryMs);
  return {
    signal: stop ? AbortSignal.any([stop, over.signal]) : over.signal,
    isOver: () => over.signal.aborted,
    [Symbol.dispose]: () => {
      isDisposed = true;
      clearTimeout(timer);
    },
  };
}
