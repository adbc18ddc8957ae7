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
