import { aboutDuration } from "../../protocol/duration-text.ts";
import type { RoundPhase } from "../../protocol/market/phases.ts";

const WORDS: Readonly<Record<RoundPhase, string>> = {
  idle: "waiting to be opened",
  commit: "trainers train",
  reveal: "keys are released",
  settle: "the aggregator proves",
  expired: "the aggregator missed its turn",
  overdue: "nobody opened it in time",
  ended: "the project has ended",
};

/** What happens in a phase, for people. */
export function phaseWords(phase: RoundPhase): string {
  return WORDS[phase];
}

/**
 * What happens in a phase, and until when by this machine's clock: the chain's, which decides, may be minutes ahead, as that of a
 * development chain with many transactions is.
 *
 * @example phaseUntil("commit", 90, Date.now()) // "trainers train, until 2026-11-22T17:48:15Z (90 s)"
 */
export function phaseUntil(phase: RoundPhase, secondsLeft: number, nowMs: number): string {
  const left = Math.max(0, secondsLeft);
  const at = new Date(nowMs + 1000 * left).toISOString().replace(/\.\d+Z$/, "Z");
  return `${phaseWords(phase)}, until ${at} (${aboutDuration(left)})`;
}
