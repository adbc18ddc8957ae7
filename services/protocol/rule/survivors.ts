import type { GramMatrix } from "../gram/gram-matrix.ts";
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
function hasLastAggregate({ gram, terms }: RoundRuleInput): boolean {
  return (
    terms.active[LAST_AGGREGATE_SLOT] === true &&
    gramEntry(gram, LAST_AGGREGATE_SLOT, LAST_AGGREGATE_SLOT) > 0n
  );
}

/** Unit of novelty and of its opposite, the part that is copied. */
export const NOVELTY_UNIT = 1024;
/**
 * An update whose copied part reaches this (cos^2 >= 1023/1024) is the last aggregate again, give or take its rounding.
 * Lower cuts fail honest trainers: where data are alike and steps small, their updates keep one direction from round to
 * round, with cos^2 up to 0.998 (`docs/rules.md`). Whatever is below the cut is left to the novelty in the pay.
 */
const STALE_FROM = 1023;

/** `floor(1024 cos^2)` towards the last aggregate p; 0 when the update points away from it or there is no p. */
export function copiedPart(input: RoundRuleInput, slot: number): number {
  const along = gramEntry(input.gram, slot, LAST_AGGREGATE_SLOT);
  if (!hasLastAggregate(input) || along <= 0n) return 0;
  const lastNormSquared = gramEntry(input.gram, LAST_AGGREGATE_SLOT, LAST_AGGREGATE_SLOT);
  const product = gramEntry(input.gram, slot, slot) * lastNormSquared;
  return Number((BigInt(NOVELTY_UNIT) * along * along) / product);
}

function isDuplicate(gram: GramMatrix, terms: RoundTerms, slot: number): boolean {
  for (let earlier = FIRST_TRAINER_SLOT; earlier < slot; earlier++) {
    if (terms.active[earlier] && squaredDistance(gram, earlier, slot) === 0n) return true;
  }
  return false;
}

/**
 * The tests every rule begins with; "accepted" means survived. Constants: `docs/rules.md`.
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
  if (copiedPart(input, slot) >= STALE_FROM) return "stale-copy";
  return "accepted";
}

/** The verdict of the common tests for every trainer slot, from slot 3 on. */
export function survivorVerdicts(input: RoundRuleInput): Verdict[] {
  return input.terms.baseWeights.map((_, trainer) =>
    survivorVerdict(input, trainer + FIRST_TRAINER_SLOT),
  );
}
