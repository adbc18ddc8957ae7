import type { GramMatrix } from "../gram/gram-matrix.ts";
import { contributionShares } from "./contribution.ts";
import type { RoundRule, RoundRuleInput, RoundRuleOutcome } from "./round-rule.ts";
import {
  activeTrainerCount,
  FIRST_TRAINER_SLOT,
  requireGram,
  requireTerms,
} from "./round-terms.ts";
import { squaredDistance, survivorVerdicts } from "./survivors.ts";
import { LEAST_TRAINERS, refuseTrainers } from "./trust-rule.ts";
import type { Verdict } from "./verdicts.ts";
import { weightsFromRaw } from "./weights.ts";

/** Sum of squared distances to the nearest `neighbours` of the other survivors. */
function krumScore(
  gram: GramMatrix,
  { slot, survivors, neighbours }: { slot: number; survivors: number[]; neighbours: number },
): bigint {
  return survivors
    .filter((other) => other !== slot)
    .map((other) => squaredDistance(gram, slot, other))
    .sort((left, right) => (left < right ? -1 : left > right ? 1 : 0))
    .slice(0, neighbours)
    .reduce((sum, distance) => sum + distance, 0n);
}

/** The m survivors with the lowest scores; the lower slot wins a tie. */
function selectedSlots(input: RoundRuleInput, survivors: number[]): Set<number> {
  const { parameterA: faults, parameterB: wanted } = input.terms;
  const neighbours = survivors.length - faults - 2;
  const scored = survivors.map((slot) => ({
    slot,
    score: krumScore(input.gram, { slot, survivors, neighbours }),
  }));
  scored.sort((left, right) =>
    left.score === right.score ? left.slot - right.slot : left.score < right.score ? -1 : 1,
  );
  return new Set(scored.slice(0, wanted).map(({ slot }) => slot));
}

/**
 * Opt-in multi-Krum (Blanchard et al., NeurIPS 2017) after the common filter: of the survivors, the m whose
 * nearest k - f - 2 survivors lie closest; weights in proportion to the base weights. `parameterA` = f, `parameterB` = m.
 * The round is void when fewer than half survive, or fewer than 2f + 3, for which the rule promises nothing.
 * It loses accuracy on non-IID data and elects colluders that agree with each other: `docs/rules.md`.
 * Twin: `MultiKrumRule.circom`, for 8 and 16 slots.
 */
export const multiKrumRule: RoundRule = {
  id: 2,
  name: "multi-krum",

  refuse(parameters) {
    const { slotCount, minimumTrainers, parameterA: faults, parameterB: selected } = parameters;
    if (slotCount === 32) return "Multi-Krum has circuits for 8 and 16 slots only.";
    const reason = refuseTrainers(parameters);
    if (reason !== null) return reason;
    if (!Number.isInteger(faults) || faults < 1) {
      return "f, the number of malicious trainers to withstand, must be a whole number from 1.";
    }
    const needed = 2 * faults + 3;
    if (minimumTrainers < needed) {
      return `Multi-Krum withstands f = ${faults} malicious trainers only among at least 2f + 3 = ${needed}; raise the minimum of ${minimumTrainers} trainers or lower f.`;
    }
    if (!Number.isInteger(selected) || selected < LEAST_TRAINERS) {
      return `m, the number of selected updates, must be at least ${LEAST_TRAINERS}: with fewer, the new model shows what one trainer sent.`;
    }
    if (selected > minimumTrainers - faults) {
      return `m = ${selected} of ${minimumTrainers} trainers would have to select some of the f = ${faults} malicious ones; use at most ${minimumTrainers - faults}.`;
    }
    return null;
  },

  evaluate(input: RoundRuleInput): RoundRuleOutcome {
    requireTerms(input.terms);
    requireGram(input.gram, input.terms);
    const filtered = survivorVerdicts(input);
    const survivors = filtered.flatMap((verdict, trainer) =>
      verdict === "accepted" ? [trainer + FIRST_TRAINER_SLOT] : [],
    );
    const isSound = survivors.length >= 2 * input.terms.parameterA + 3;
    const isQuorum = 2 * survivors.length >= activeTrainerCount(input.terms);
    const selected = isSound && isQuorum ? selectedSlots(input, survivors) : new Set<number>();
    const isVoid = selected.size === 0;
    const verdicts = filtered.map(
      (verdict, trainer): Verdict =>
        verdict === "accepted" && !selected.has(trainer + FIRST_TRAINER_SLOT)
          ? "not-selected"
          : verdict,
    );
    const rawWeights = verdicts.map((verdict, trainer) =>
      verdict === "accepted" ? BigInt(input.terms.baseWeights[trainer] as number) : 0n,
    );
    const rawWeightSum = rawWeights.reduce((sum, raw) => sum + raw, 0n);
    const weights = weightsFromRaw(rawWeights);
    const { shares, ...hints } = contributionShares(input, weights);
    return { verdicts, weights, shares, isVoid, hints: { rawWeights, rawWeightSum, ...hints } };
  },
};
