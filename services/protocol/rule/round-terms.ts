import { CommonweightError } from "../errors.ts";
import type { GramMatrix } from "../gram/gram-matrix.ts";
import { ruleErrors } from "./rule-errors.ts";

/** Slot of r, the owner's reference update: decides who is accepted and with what weight. */
export const REFERENCE_SLOT = 0;
/** Slot of g, the owner's pay gradient; inactive when the project has none. */
export const PAY_SLOT = 1;
/** Slot of p, the last applied aggregate; inactive before the first applied round. */
export const LAST_AGGREGATE_SLOT = 2;
/** Slot of the first trainer. */
export const FIRST_TRAINER_SLOT = 3;
/** Slot counts for which circuits exist. */
export const SLOT_COUNTS = [8, 16, 32] as const;
/** The norm bound of the terms is below this. */
export const NORM_BOUND_LIMIT = 1n << 54n;
/** Largest base weight of a trainer. */
export const MAX_BASE_WEIGHT = 1023;
/** A rule's own two parameters are below this. */
const RULE_PARAMETER_LIMIT = 32;

/** What a rule needs besides the Gram matrix. All of it comes from the contract's state, never from the aggregator. */
export interface RoundTerms {
  /** 8, 16 or 32. */
  readonly slotCount: number;
  /** One flag a slot; slot 0 is always active. */
  readonly active: readonly boolean[];
  /** Squared norm, in squared units of the fixed-point scale, above which an update is a fault; 1 .. 2^54 - 1. */
  readonly normBoundSquared: bigint;
  /** Multi-Krum's f; 0 for the trust rule. */
  readonly parameterA: number;
  /** Multi-Krum's m; 0 for the trust rule. */
  readonly parameterB: number;
  /** 1 .. 1023 for an active trainer, 0 for an inactive one; index 0 is slot 3. From bonded stake, never a free claim. */
  readonly baseWeights: readonly number[];
}

/** Number of trainer slots: 5, 13 or 29. */
export function trainerCount(slotCount: number): number {
  return slotCount - FIRST_TRAINER_SLOT;
}

/** Number of trainers that take part. */
export function activeTrainerCount(terms: RoundTerms): number {
  return terms.active.slice(FIRST_TRAINER_SLOT).filter(Boolean).length;
}

/** Why these terms are not those of a round, or null. */
export function malformedTerms(terms: RoundTerms): string | null {
  const { slotCount, active, normBoundSquared, baseWeights } = terms;
  if (!SLOT_COUNTS.some((count) => count === slotCount)) return `${slotCount} slots: 8, 16 or 32`;
  if (active.length !== slotCount) return `${active.length} active flags for ${slotCount} slots`;
  if (!active[REFERENCE_SLOT]) return "slot 0, the reference, is not active";
  if (normBoundSquared < 1n || normBoundSquared >= NORM_BOUND_LIMIT) {
    return "the squared norm bound is not between 1 and 2^54 - 1";
  }
  for (const parameter of [terms.parameterA, terms.parameterB]) {
    if (!Number.isInteger(parameter) || parameter < 0 || parameter >= RULE_PARAMETER_LIMIT) {
      return `rule parameter ${parameter} is not an integer from 0 to 31`;
    }
  }
  if (baseWeights.length !== trainerCount(slotCount)) {
    return `${baseWeights.length} base weights for ${trainerCount(slotCount)} trainer slots`;
  }
  for (const [trainer, weight] of baseWeights.entries()) {
    const isActive = active[trainer + FIRST_TRAINER_SLOT];
    const isRight = isActive ? weight >= 1 && weight <= MAX_BASE_WEIGHT : weight === 0;
    if (!Number.isInteger(weight) || !isRight) {
      return `base weight ${weight} of trainer ${trainer} (1 to 1023 if active, else 0)`;
    }
  }
  return null;
}

/** @throws CommonweightError CW1000 when the terms are not those of a round. */
export function requireTerms(terms: RoundTerms): void {
  const reason = malformedTerms(terms);
  if (reason !== null) throw new CommonweightError(ruleErrors.termsMalformed, reason);
}

/** @throws CommonweightError CW1001 when the matrix does not belong to slots with these terms. */
export function requireGram(gram: GramMatrix, terms: RoundTerms): void {
  const fail = (reason: string): never => {
    throw new CommonweightError(ruleErrors.gramMalformed, reason);
  };
  if (gram.length !== terms.slotCount) fail(`${gram.length} rows for ${terms.slotCount} slots`);
  for (const [i, row] of gram.entries()) {
    if (row.length !== terms.slotCount) fail(`row ${i} has ${row.length} entries`);
    for (const [j, entry] of row.entries()) {
      if (entry !== gram[j]?.[i]) fail(`entries (${i}, ${j}) and (${j}, ${i}) differ`);
      if (entry !== 0n && !(terms.active[i] && terms.active[j])) {
        fail(`entry (${i}, ${j}) of an inactive slot is not zero`);
      }
    }
  }
}
