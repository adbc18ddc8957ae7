import { contributionShares } from "./contribution.ts";
import type {
  RoundRule,
  RoundRuleInput,
  RoundRuleOutcome,
  RoundRuleParameters,
} from "./round-rule.ts";
import {
  activeTrainerCount,
  FIRST_TRAINER_SLOT,
  REFERENCE_SLOT,
  requireGram,
  requireTerms,
  SLOT_COUNTS,
  trainerCount,
} from "./round-terms.ts";
import { gramEntry, survivorVerdicts } from "./survivors.ts";
import { weightsFromRaw } from "./weights.ts";

/** Binary digits of the trust weight before normalisation. */
const RAW_WEIGHT_BITS = 23n;

/** `floor(b * <u, r> * 2^23 / max(8 |u|^2, |r|^2))`: the floor in the divisor bounds deliberately shrunken updates. */
function rawWeight({ gram, terms }: RoundRuleInput, trainer: number): bigint {
  const slot = trainer + FIRST_TRAINER_SLOT;
  const scaled = 8n * gramEntry(gram, slot, slot);
  const floor = gramEntry(gram, REFERENCE_SLOT, REFERENCE_SLOT);
  const divisor = scaled > floor ? scaled : floor;
  const baseWeight = BigInt(terms.baseWeights[trainer] as number);
  return ((baseWeight * gramEntry(gram, REFERENCE_SLOT, slot)) << RAW_WEIGHT_BITS) / divisor;
}

/** Fewest trainers of a round: the new model is public, so with fewer it shows what one of them sent. */
export const LEAST_TRAINERS = 3;

/** Why the slots of a project cannot hold its trainers, or null. */
export function refuseTrainers(parameters: RoundRuleParameters): string | null {
  const { slotCount, minimumTrainers } = parameters;
  if (!SLOT_COUNTS.some((count) => count === slotCount)) {
    return `A round has 8, 16 or 32 slots, not ${slotCount}.`;
  }
  const room = trainerCount(slotCount);
  if (
    !Number.isInteger(minimumTrainers) ||
    minimumTrainers < LEAST_TRAINERS ||
    minimumTrainers > room
  ) {
    return `${slotCount} slots have room for ${LEAST_TRAINERS} to ${room} trainers (with fewer, the new model shows what one of them sent), so the minimum can't be ${minimumTrainers}.`;
  }
  return null;
}

/**
 * The default rule: norm band, sign of `<u_i, r>`, trust weights, void round when fewer than half survive.
 * Source: `docs/rules.md`. Twin: `TrustRule.circom`.
 */
export const trustRule: RoundRule = {
  id: 1,
  name: "trust",

  refuse(parameters) {
    if (parameters.parameterA !== 0 || parameters.parameterB !== 0) {
      return "The trust rule has no parameters of its own: leave both at 0.";
    }
    return refuseTrainers(parameters);
  },

  evaluate(input: RoundRuleInput): RoundRuleOutcome {
    requireTerms(input.terms);
    requireGram(input.gram, input.terms);
    const verdicts = survivorVerdicts(input);
    const rawWeights = verdicts.map((verdict, trainer) =>
      verdict === "accepted" ? rawWeight(input, trainer) : 0n,
    );
    const accepted = verdicts.filter((verdict) => verdict === "accepted").length;
    const rawWeightSum = rawWeights.reduce((sum, raw) => sum + raw, 0n);
    // A sum of zero with somebody accepted needs products with r of almost nothing: nothing worth applying either.
    const isVoid = 2 * accepted < activeTrainerCount(input.terms) || rawWeightSum === 0n;
    const weights = isVoid ? rawWeights.map(() => 0) : weightsFromRaw(rawWeights);
    const { shares, ...hints } = contributionShares(input, weights);
    return { verdicts, weights, shares, isVoid, hints: { rawWeights, rawWeightSum, ...hints } };
  },
};
