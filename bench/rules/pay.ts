import { roundPayouts } from "../../services/protocol/market/payout.ts";
import type { RoundRuleOutcome } from "../../services/protocol/rule/round-rule.ts";
import {
  FIRST_TRAINER_SLOT,
  LAST_AGGREGATE_SLOT,
  PAY_SLOT,
} from "../../services/protocol/rule/round-terms.ts";
import { normalised } from "../statistics.ts";
import { type Federation, type FederationRound, squaredCosine } from "./federation.ts";
import type { Samples } from "./samples.ts";
import { allScores, meanLoss } from "./softmax.ts";

/** Ways to turn a round into pay. */
export type PayKind =
  | "shares"
  | "real novelty"
  | "1 - cos^2"
  | "useful novelty"
  | "no novelty"
  | "flat even"
  | "flat by weight"
  | "flat even and cap";

const BUDGET_WEI = 10n ** 18n;
const FLAT_BPS = 1000;
const CAP_BPS = 5000;
const FLAT = FLAT_BPS / 10_000;

/** Novelty without its rounding to 1/1024: `min(1, factor * (1 - cos^2))`. */
function realNovelty(round: FederationRound, trainer: number, factor: number): number {
  return Math.min(1, factor * (1 - squaredCosine(round.gram, trainer)));
}

/**
 * Novelty in what an update is worth instead of its energy: `min(1, 8 rho)`, with `rho` the part of `<u, g>` that is left when what u
 * has along p is taken out of it. A copy of p has none, whatever noise it carries.
 */
function usefulNovelty({ gram }: FederationRound, trainer: number): number {
  const entry = (i: number, j: number) => Number(gram[i]?.[j]);
  const [g, p, u] = [PAY_SLOT, LAST_AGGREGATE_SLOT, FIRST_TRAINER_SLOT + trainer];
  if (entry(p, p) === 0 || entry(p, u) <= 0 || entry(p, g) <= 0 || entry(g, u) <= 0) return 1;
  const rho = 1 - (entry(p, u) * entry(p, g)) / (entry(p, p) * entry(g, u));
  return Math.min(1, Math.max(0, 8 * rho));
}

function contract(outcome: RoundRuleOutcome, capBps: number): number[] {
  const { payoutsWei } = roundPayouts({
    budgetWei: BUDGET_WEI,
    flatBps: FLAT_BPS,
    capBps,
    outcome,
  });
  return payoutsWei.map((wei) => Number(wei) / Number(BUDGET_WEI));
}

/** Parts of the round's budget; what nobody gets is missing from their sum. */
export function payOf(round: FederationRound, kind: PayKind): number[] {
  const { outcome } = round;
  const shares = outcome.shares.map((share) => share / 65_535);
  const contributions = outcome.hints.contributions.map(Number);
  switch (kind) {
    case "shares":
      return shares;
    case "real novelty":
      return normalised(contributions.map((value, i) => value * realNovelty(round, i, 8)));
    case "1 - cos^2":
      return normalised(contributions.map((value, i) => value * realNovelty(round, i, 1)));
    case "useful novelty":
      return normalised(contributions.map((value, i) => value * usefulNovelty(round, i)));
    case "no novelty":
      return normalised(contributions);
    case "flat even":
      return contract(outcome, 10_000);
    case "flat even and cap":
      return contract(outcome, CAP_BPS);
    case "flat by weight":
      return shares.map(
        (share, i) => (1 - FLAT) * share + (FLAT * (outcome.weights[i] as number)) / 1024,
      );
  }
}

/** Part of all pay of a training that goes to some trainers. */
export function partOfPay(
  federation: Federation,
  trainers: readonly number[],
  kind: PayKind,
): number {
  let [theirs, all] = [0, 0];
  for (const round of federation.rounds) {
    const pay = payOf(round, kind);
    all += pay.reduce((sum, value) => sum + value, 0);
    theirs += trainers.reduce((sum, trainer) => sum + (pay[trainer] as number), 0);
  }
  return all === 0 ? 0 : theirs / all;
}

/**
 * Exact Shapley values of the drop in validation loss that the applied update brings, with its fixed weights, over all
 * coalitions. Scores are linear in the parameters, so each coalition is a sum of ready-made scores.
 */
export function exactShapley(
  round: FederationRound,
  samples: Samples,
  validation: Int32Array,
): number[] {
  const applied = round.updates.flatMap((update, trainer) => {
    const weight = round.outcome.weights[trainer] as number;
    if (weight === 0) return [];
    const change = Float64Array.from(update, (entry) => (entry * weight) / 1024 / 4096);
    return [{ trainer, scores: allScores(change, samples, validation) }];
  });
  const start = allScores(round.parameters, samples, validation);
  const count = applied.length;
  const losses = new Float64Array(1 << count);
  for (let bits = 0; bits < 1 << count; bits++) {
    const scores = start.slice();
    for (const [i, { scores: change }] of applied.entries()) {
      if (((bits >> i) & 1) === 0) continue;
      for (let n = 0; n < scores.length; n++)
        scores[n] = (scores[n] as number) + (change[n] as number);
    }
    losses[bits] = meanLoss(scores, samples, validation);
  }
  const factorial = (n: number): number => (n <= 1 ? 1 : n * factorial(n - 1));
  const values = new Array<number>(round.updates.length).fill(0);
  for (const [i, { trainer }] of applied.entries()) {
    for (let bits = 0; bits < 1 << count; bits++) {
      if ((bits >> i) & 1) continue;
      const size = [...bits.toString(2)].filter((bit) => bit === "1").length;
      const orders = (factorial(size) * factorial(count - size - 1)) / factorial(count);
      const gain = (losses[bits] as number) - (losses[bits | (1 << i)] as number);
      values[trainer] = (values[trainer] as number) + orders * gain;
    }
  }
  return values;
}
