import { CommonweightError } from "../errors.ts";
import type { RoundRuleOutcome } from "../rule/round-rule.ts";
import {
  MAX_BASE_WEIGHT,
  malformedTerms,
  type RoundTerms,
  requireTerms,
  trainerCount,
} from "../rule/round-terms.ts";
import { ruleErrors } from "../rule/rule-errors.ts";
import { verdictCode, verdictOf } from "../rule/verdicts.ts";
import { toScalar } from "../scalar.ts";

const TRAINERS_PER_OUTCOME_WORD = 8;
const OUTCOME_BITS = 31n;
const WEIGHT_SHIFT = 16n;
const VERDICT_SHIFT = 27n;
const NORM_BOUND_SHIFT = 32n;
const PARAMETER_A_SHIFT = 86n;
const PARAMETER_B_SHIFT = 91n;
const BASE_WEIGHTS_SHIFT = 96n;
const BASE_WEIGHT_BITS = 10n;
const TRAINERS_IN_FIRST_TERMS_WORD = 15;

/** What the outcome words carry. */
export type DecodedOutcome = Pick<RoundRuleOutcome, "verdicts" | "weights" | "shares">;

/** What a rule circuit proves something about. */
export interface RuleStatement {
  readonly outcomeWords: readonly bigint[];
  readonly alpha: bigint;
  readonly mu: bigint;
  readonly gramHash: bigint;
  readonly termsWords: readonly bigint[];
}

/** Names of the public signals in every circuit's order, as in a compiled `.sym`. */
export const PUBLIC_SIGNALS = ["folded", "alpha", "gramHash"] as const;

function malformed(reason: string): CommonweightError {
  return new CommonweightError(ruleErrors.signalsMalformed, reason);
}

/** How many words an outcome takes: 1, 2 or 4. */
export function outcomeWordCount(slotCount: number): number {
  return Math.ceil(trainerCount(slotCount) / TRAINERS_PER_OUTCOME_WORD);
}

/** How many words the terms take: 1, or 2 with 32 slots. */
export function termsWordCount(slotCount: number): number {
  return trainerCount(slotCount) > TRAINERS_IN_FIRST_TERMS_WORD ? 2 : 1;
}

/** Packs verdicts, weights and shares, eight trainers a word, 31 bits each. Twin: `PublicSignals.sol`. */
export function packOutcome(outcome: DecodedOutcome): bigint[] {
  const words: bigint[] = [];
  for (const [trainer, verdict] of outcome.verdicts.entries()) {
    const place = trainer % TRAINERS_PER_OUTCOME_WORD;
    if (place === 0) words.push(0n);
    const bits =
      BigInt(outcome.shares[trainer] as number) |
      (BigInt(outcome.weights[trainer] as number) << WEIGHT_SHIFT) |
      (BigInt(verdictCode(verdict)) << VERDICT_SHIFT);
    words[words.length - 1] = (words.at(-1) as bigint) | (bits << (OUTCOME_BITS * BigInt(place)));
  }
  return words;
}

/**
 * Unpacks outcome words.
 *
 * @throws CommonweightError CW1003 for a wrong number of words, bits outside the fields or an unknown verdict.
 */
export function unpackOutcome(words: readonly bigint[], slotCount: number): DecodedOutcome {
  if (words.length !== outcomeWordCount(slotCount)) {
    throw malformed(`${words.length} outcome words for ${slotCount} slots`);
  }
  const rest = [...words];
  const trainers = Array.from({ length: trainerCount(slotCount) }, (_, trainer) => {
    const index = Math.floor(trainer / TRAINERS_PER_OUTCOME_WORD);
    const bits = (rest[index] as bigint) & ((1n << OUTCOME_BITS) - 1n);
    rest[index] = (rest[index] as bigint) >> OUTCOME_BITS;
    const verdict = verdictOf(Number(bits >> VERDICT_SHIFT));
    if (verdict === undefined) throw malformed(`unknown verdict of trainer ${trainer}`);
    return {
      verdict,
      weight: Number((bits >> WEIGHT_SHIFT) & 0x7ffn),
      share: Number(bits & 0xffffn),
    };
  });
  if (rest.some((bits) => bits !== 0n)) throw malformed("bits outside the trainers' fields");
  return {
    verdicts: trainers.map(({ verdict }) => verdict),
    weights: trainers.map(({ weight }) => weight),
    shares: trainers.map(({ share }) => share),
  };
}

/**
 * Packs a round's terms. Twin: `PublicSignals.sol`.
 *
 * @throws CommonweightError CW1000 when the terms are not those of a round.
 */
export function packTerms(terms: RoundTerms): bigint[] {
  requireTerms(terms);
  const mask = terms.active.reduce((bits, isOn, slot) => bits | (BigInt(isOn) << BigInt(slot)), 0n);
  const first =
    mask |
    (terms.normBoundSquared << NORM_BOUND_SHIFT) |
    (BigInt(terms.parameterA) << PARAMETER_A_SHIFT) |
    (BigInt(terms.parameterB) << PARAMETER_B_SHIFT);
  const pack = (weights: readonly number[]): bigint =>
    weights.reduceRight((bits, weight) => (bits << BASE_WEIGHT_BITS) | BigInt(weight), 0n);
  const { baseWeights } = terms;
  const words = [
    first | (pack(baseWeights.slice(0, TRAINERS_IN_FIRST_TERMS_WORD)) << BASE_WEIGHTS_SHIFT),
  ];
  if (termsWordCount(terms.slotCount) > 1) {
    words.push(pack(baseWeights.slice(TRAINERS_IN_FIRST_TERMS_WORD)));
  }
  return words;
}

/**
 * Unpacks terms words.
 *
 * @throws CommonweightError CW1003 when they do not decode to the terms of a round with so many slots.
 */
export function unpackTerms(words: readonly bigint[], slotCount: number): RoundTerms {
  const [first, second = 0n] = words;
  if (first === undefined || words.length !== termsWordCount(slotCount)) {
    throw malformed(`${words.length} terms words for ${slotCount} slots`);
  }
  const weightAt = (trainer: number): number => {
    const isInFirst = trainer < TRAINERS_IN_FIRST_TERMS_WORD;
    const word = isInFirst ? first >> BASE_WEIGHTS_SHIFT : second;
    const place = isInFirst ? trainer : trainer - TRAINERS_IN_FIRST_TERMS_WORD;
    return Number((word >> (BASE_WEIGHT_BITS * BigInt(place))) & BigInt(MAX_BASE_WEIGHT));
  };
  const terms: RoundTerms = {
    slotCount,
    active: Array.from({ length: slotCount }, (_, slot) => ((first >> BigInt(slot)) & 1n) === 1n),
    normBoundSquared: (first >> NORM_BOUND_SHIFT) & ((1n << 54n) - 1n),
    parameterA: Number((first >> PARAMETER_A_SHIFT) & 31n),
    parameterB: Number((first >> PARAMETER_B_SHIFT) & 31n),
    baseWeights: Array.from({ length: trainerCount(slotCount) }, (_, trainer) => weightAt(trainer)),
  };
  const reason = malformedTerms(terms);
  if (reason !== null) throw malformed(reason);
  // Two words that decode alike would hash differently: accept only the one that packing gives.
  if (packTerms(terms).some((word, index) => word !== words[index])) {
    throw malformed("bits outside the terms' fields");
  }
  return terms;
}

/**
 * The public signals, in the order of {@link PUBLIC_SIGNALS}.
 *
 * With the outcome's and then the terms' words as x_0 .. x_(m-1), `folded = sum_k alpha^k x_k + alpha^m mu`: on chain a signal costs a
 * multiplication of a point, so one signal carries all of them. Why that is sound: docs/proof.md, "One signal for many".
 * Twins: `PublicSignals.sol`, `FoldedSignals.circom`.
 */
export function publicSignals(statement: RuleStatement): bigint[] {
  const { outcomeWords, alpha, mu, gramHash, termsWords } = statement;
  const folded = [...outcomeWords, ...termsWords].reduceRight(
    (sum, word) => toScalar(word + alpha * sum),
    mu,
  );
  return [folded, alpha, gramHash];
}
