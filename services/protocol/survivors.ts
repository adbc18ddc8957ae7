import type { GramMatrix } from "./gram-matrix.ts";
import type { RoundRuleInput } from "./round-rule.ts";
import {
  FIRST_TRAINER_SLOT,
  LAST_AGGREGATE_SLOT,
  REFERENCE_SLOT,
  type RoundTerms,
} from "./round-terms.ts";
import type { Verdict } from "./verdicts.ts";

/** An entry of the matrix. */
export function gramEntry(gram: GramMatrix, i: number, j: number): bigint {
  return gram[i]?.[j] as bigint;
}

/** Squared distance of two updates. */
export function squaredDistance(gram: GramMatrix, i: number, j: number): bigint {
  return gramEntry(gram, i, i) + gramEntry(gram, j, j) - 2n * gramEntry(gram, i, j);
}

/** True when there is a last aggregate to compare with: active and not the zero vector. */
export function hasLastAggregate({ gram, terms }: RoundRuleInput): boolean {
  return (
    terms.active[LAST_AGGREGATE_SLOT] === true &&
    gramEntry(gram, LAST_AGGREGATE_SLOT, LAST_AGGREGATE_SLOT) > 0n
  );
}

function isDuplicate(gram: GramMatrix, terms: RoundTerms, slot: number): boolean {
  for (let earlier = FIRST_TRAINER_SLOT; earlier < slot; earlier++) {
    if (terms.active[earlier] && squaredDistance(gram, earlier, slot) === 0n) return true;
  }
  return false;
}

/**
 * The tests every rule begins with; "accepted" means survived. Constants: `rules.md` 1 and 9.1.
 * Twin: `SurvivorFilter.circom`.
 */
export function survivorVerdict(input: RoundRuleInput, slot: number): Verdict {
  const { gram, terms } = input;
  if (!terms.active[slot]) return "inactive";
  const normSquared = gramEntry(gram, slot, slot);
  const referenceNormSquared = gramEntry(gram, REFERENCE_SLOT, REFERENCE_SLOT);
  if (normSquared > terms.normBoundSquared) return "above-norm-bound";
  if (isDuplicate(gram, terms, slot)) return "duplicate";
  // The band |r|/11.3 .. 2.83|r|: outside it an update is either a boost or a free rider.
  if (normSquared > 8n * referenceNormSquared) return "too-large";
  if (128n * normSquared < referenceNormSquared) return "too-small";
  if (gramEntry(gram, REFERENCE_SLOT, slot) < 1n) return "against-reference";
  if (hasLastAggregate(input)) {
    const along = gramEntry(gram, slot, LAST_AGGREGATE_SLOT);
    const lastNormSquared = gramEntry(gram, LAST_AGGREGATE_SLOT, LAST_AGGREGATE_SLOT);
    // cos > 0.949: a resubmitted aggregate. Honest IID trainers reach 0.94.
    if (along > 0n && 10n * along * along > 9n * normSquared * lastNormSquared) return "stale-copy";
  }
  return "accepted";
}

/** The verdict of the common tests for every trainer slot, from slot 3 on. */
export function survivorVerdicts(input: RoundRuleInput): Verdict[] {
  return input.terms.baseWeights.map((_, trainer) =>
    survivorVerdict(input, trainer + FIRST_TRAINER_SLOT),
  );
}
