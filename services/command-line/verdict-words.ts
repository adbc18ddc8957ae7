import type { Verdict } from "../protocol/rule/verdicts.ts";

/** What a verdict means, for people who have not read the rule. */
const WORDS: Readonly<Record<Verdict, string>> = {
  inactive: "left out: its update could not be read in time",
  accepted: "accepted",
  "above-norm-bound": "rejected: larger than the terms allow, stake burned",
  duplicate: "rejected: the same update as an earlier trainer's",
  "too-large": "rejected: far larger than the owner's reference",
  "too-small": "rejected: far smaller than the owner's reference",
  "against-reference": "rejected: it points against the owner's reference",
  "stale-copy": "rejected: a copy of the last round's result",
  "not-selected": "not selected: too far from the others",
};

/** The same in a few words, for a narrow column. */
const REASONS: Readonly<Record<Verdict, string>> = {
  inactive: "unreadable in time",
  accepted: "",
  "above-norm-bound": "far too large, stake burned",
  duplicate: "same as another's",
  "too-large": "far larger than the owner's",
  "too-small": "far smaller than the owner's",
  "against-reference": "against the owner's",
  "stale-copy": "copy of the last result",
  "not-selected": "too far from the others",
};

/** Why a trainer was removed, in a few words; the text itself when it is no verdict. */
export function verdictReason(verdict: unknown): string {
  return REASONS[String(verdict) as Verdict] ?? String(verdict);
}

/** The words for a verdict that came as text; the text itself when it is none. */
export function verdictWords(verdict: unknown): string {
  return WORDS[String(verdict) as Verdict] ?? String(verdict);
}
