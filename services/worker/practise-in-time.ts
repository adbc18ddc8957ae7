import { learningErrors } from "../learning/errors.ts";
import type { PracticeRound } from "../learning/training/practice-round.ts";
import { isErrorOf } from "../protocol/errors.ts";
import { durationText } from "./quote-text.ts";

/**
 * Plays a practice round, but not for longer than this: how much work a round is says a manifest, which a stranger wrote.
 *
 * @returns The round, or why there was none.
 */
export async function practiseInTime(options: {
  readonly practise: (around: {
    readonly signal: AbortSignal;
    readonly onTraining: (doneShare: number) => void;
  }) => Promise<PracticeRound>;
  readonly longestMs: number;
  readonly signal: AbortSignal;
}): Promise<PracticeRound | string> {
  const { practise, longestMs, signal } = options;
  const enough = new AbortController();
  const timer = setTimeout(() => enough.abort(), longestMs);
  let doneShare = 0;
  try {
    return await practise({
      signal: AbortSignal.any([signal, enough.signal]),
      onTraining: (share) => {
        doneShare = share;
      },
    });
  } catch (error) {
    if (isErrorOf(error, learningErrors.batchTooLarge)) return error.message;
    if (!enough.signal.aborted || signal.aborted) throw error;
    const seconds = longestMs / 1000;
    return `stopped after ${durationText(seconds)}, ${howFar(doneShare, seconds)}; --practice-minutes gives it more`;
  } finally {
    clearTimeout(timer);
  }
}

function howFar(doneShare: number, seconds: number): string {
  if (doneShare === 0) return "before a batch was trained on";
  if (doneShare === 1) return "when it was trained and not yet judged";
  const whole = durationText(seconds / doneShare);
  return `when ${Number((100 * doneShare).toPrecision(2))} % of the training was done: all of it takes about ${whole}`;
}
