import { CommonweightError } from "../errors.ts";
import type { Verdict } from "../rule/verdicts.ts";
import { marketRuleErrors } from "./market-rule-errors.ts";

/** Highest reliability. */
export const MAX_RELIABILITY = 65_535;
/** Reliability of somebody about whom nothing is proven; with time every score returns to it. */
export const NEUTRAL_RELIABILITY = 32_768;
/** After this long without a proven outcome a score is half as far from neutral. */
export const RELIABILITY_HALF_LIFE_SECONDS = 30 * 24 * 3600;
/** Score and the time of the last proven outcome. */
export interface Reliability {
  /** 0 to 65535. */
  readonly score: number;
  /** Unix seconds. */
  readonly updatedAt: number;
}

/** What one proven round says about a trainer; `none` leaves its reliability alone. */
export type ReliabilityOutcome = "accepted" | "rejected" | "fault" | "none";

// The step is 1/2^shift of the distance. A rejection depends on the owner's reference, so it costs as little as an
// acceptance gains; the norm bound is in the terms and depends on nobody, so exceeding it halves the score.
const OUTCOME_SHIFT = { accepted: 4, rejected: 4, fault: 1 } as const;
const FACTOR_ONE = 65_536;

/** What a verdict in a round that was applied says. In a void round, and for trainers that were excluded, nothing. */
export function reliabilityOutcome(verdict: Verdict): ReliabilityOutcome {
  if (verdict === "accepted") return "accepted";
  if (verdict === "above-norm-bound") return "fault";
  if (verdict === "inactive" || verdict === "not-selected") return "none";
  return "rejected";
}

function requireReliability({ score, updatedAt }: Reliability, now: number): void {
  const isScore = Number.isInteger(score) && score >= 0 && score <= MAX_RELIABILITY;
  const isTime = Number.isSafeInteger(updatedAt) && Number.isSafeInteger(now) && updatedAt >= 0;
  if (!isScore || !isTime || now < updatedAt) {
    throw new CommonweightError(
      marketRuleErrors.reliabilityMalformed,
      `score ${score} of ${updatedAt}, now ${now}`,
    );
  }
}

/**
 * The score at `now`: its distance from neutral halves every half-life, linearly in between.
 *
 * ```
 * elapsed = now - updatedAt          halvings = floor(elapsed / HALF_LIFE)        rest = elapsed mod HALF_LIFE
 * factor  = floor((65536 - floor(rest * 32768 / HALF_LIFE)) / 2^halvings)         (0 from 17 halvings on)
 * score   = 32768 +- floor(|score - 32768| * factor / 65536)
 * ```
 *
 * Twin: `Reliability.sol`.
 *
 * @throws CommonweightError CW1051 for a score outside 0..65535 or time that runs backwards.
 */
export function reliabilityAt(reliability: Reliability, now: number): number {
  requireReliability(reliability, now);
  const elapsed = now - reliability.updatedAt;
  const halvings = Math.floor(elapsed / RELIABILITY_HALF_LIFE_SECONDS);
  const rest = elapsed % RELIABILITY_HALF_LIFE_SECONDS;
  const slope = Math.floor((rest * (FACTOR_ONE / 2)) / RELIABILITY_HALF_LIFE_SECONDS);
  const factor = Math.floor((FACTOR_ONE - slope) / 2 ** halvings);
  const distance = Math.abs(reliability.score - NEUTRAL_RELIABILITY);
  const left = Math.floor((distance * factor) / FACTOR_ONE);
  return reliability.score >= NEUTRAL_RELIABILITY
    ? NEUTRAL_RELIABILITY + left
    : NEUTRAL_RELIABILITY - left;
}

/**
 * Reliability after a proven outcome: an exponentially weighted mean of 65535 for accepted and 0 otherwise, decayed first.
 * Accepted: `score += floor((65535 - score) / 16)`; rejected: `score -= floor(score / 16)`; fault: `score -= floor(score / 2)`.
 * `none` returns the argument. Twin: `Reliability.sol`.
 *
 * @throws CommonweightError CW1051 for a score outside 0..65535 or time that runs backwards.
 */
export function updatedReliability(
  reliability: Reliability,
  outcome: ReliabilityOutcome,
  now: number,
): Reliability {
  if (outcome === "none") return reliability;
  const score = reliabilityAt(reliability, now);
  const shift = OUTCOME_SHIFT[outcome];
  return outcome === "accepted"
    ? { score: score + ((MAX_RELIABILITY - score) >> shift), updatedAt: now }
    : { score: score - (score >> shift), updatedAt: now };
}
