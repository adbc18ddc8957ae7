import type { ProjectTerms } from "../services/adapters/chain/projects/project-terms.ts";
import { exactDuration } from "../services/protocol/duration-text.ts";
import type { RoundPhase } from "../services/protocol/market/phases.ts";

const phaseTexts: Record<RoundPhase, string> = {
  idle: "waiting for the next round",
  commit: "trainers are training",
  reveal: "updates are being opened",
  settle: "the proof is being made",
  expired: "a round has expired",
  overdue: "overdue",
  ended: "ended",
};

/** What a project is doing, in words. */
export const phaseText = (phase: RoundPhase) => phaseTexts[phase] ?? phase;

/** A rule's name by its number. */
export const ruleName = (ruleId: number) =>
  ({ 1: "trust rule", 2: "multi-Krum" })[ruleId] ?? `rule ${ruleId}`;

const percent = (bps: number) => `${bps / 100} %`;

/** The terms as sentences; amounts are left to the caller, who knows the token. */
export function termSentences(terms: ProjectTerms): string[] {
  return [
    `${terms.rounds} rounds are paid for; at most ${terms.extraRounds} more may fail before the project ends.`,
    `Between ${terms.minTrainers} and ${terms.maxTrainers} trainers take part; ${terms.slots} places of the proof, of which 3 are the project's own.`,
    `Updates are weighed by the ${ruleName(terms.ruleId)}.`,
    `${percent(terms.flatBps)} of a round's budget is split evenly among accepted trainers, the rest by proven share; nobody gets more than ${percent(terms.capBps)}.`,
    terms.usesPayGradient
      ? "Shares are measured against a gradient that the referee keeps for this purpose."
      : "Shares are measured against the reference itself.",
    terms.baseWeightKind === "equal"
      ? "All trainers start with the same weight."
      : "Trainers with more stake start with more weight.",
    `The model has ${terms.parameterCount.toLocaleString("en")} parameters.`,
    terms.modelVisibility === "private"
      ? "Private model: files are sealed to the owner, the aggregators and whoever has joined. Proofs and payments stay public."
      : "Everybody can read the model.",
    `A round gives ${exactDuration(terms.commitSeconds)} to train, ${exactDuration(terms.revealSeconds)} to open updates, ${exactDuration(terms.settleSeconds)} to prove.`,
    terms.aggregators.length === 1
      ? "1 aggregator; nobody takes over when it is late."
      : `${terms.aggregators.length} aggregators, the next takes over when one is late.`,
  ];
}

const verdictTexts: Record<string, string> = {
  accepted: "accepted",
  "above-norm-bound": "removed: larger than the terms allow",
  duplicate: "removed: an exact copy of an earlier update",
  "too-large": "removed: much larger than the reference",
  "too-small": "removed: much smaller than the reference",
  "against-reference": "removed: points away from the reference",
  "stale-copy": "removed: a copy of the last round's result",
  "not-selected": "not selected by the rule",
  inactive: "could not be read",
};

/** A verdict and its reason, in words. */
export const verdictText = (verdict: string) => verdictTexts[verdict] ?? verdict;
