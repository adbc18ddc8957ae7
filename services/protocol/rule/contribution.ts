import { type RoundRuleInput, SHARE_TOTAL } from "./round-rule.ts";
import { FIRST_TRAINER_SLOT, PAY_SLOT, REFERENCE_SLOT } from "./round-terms.ts";
import { copiedPart, gramEntry, NOVELTY_UNIT } from "./survivors.ts";

/** Largest scale of the reference in the quadratic pay, unit 1/1024. */
export const MAX_KAPPA = 1n << 16n;

/** What trainers of a round are paid by, and how that came about. Index 0 is slot 3. */
export interface Contributions {
  readonly novelty: readonly number[];
  /** Clamped at zero. */
  readonly contributions: readonly bigint[];
  readonly contributionSum: bigint;
  readonly kappa: bigint;
  /** Parts of 65535. */
  readonly shares: readonly number[];
}

/** Novelty reaches its full value where an eighth of an update's energy is new: cos^2 = 7/8. */
const NOVELTY_FACTOR = 8;

/**
 * `min(1, 8 (1 - cos^2))` towards the last aggregate p in units of 1/1024; 1 when it points away or there is no p.
 * Resubmitting the last aggregate is a useful direction and would be paid for it. Without the factor honest trainers with
 * alike data, whose updates resemble p too, would be paid for their noise: `docs/rules.md`.
 */
export function novelty(input: RoundRuleInput, slot: number): number {
  return Math.min(NOVELTY_UNIT, NOVELTY_FACTOR * (NOVELTY_UNIT - copiedPart(input, slot)));
}

/**
 * `<sum_j w_j u_j, u_i>`, the quadratic pay's share of trainer i in the aggregate's own bulk; width 2^64.
 */
function alongAggregate(input: RoundRuleInput, weights: readonly number[], slot: number): bigint {
  return weights.reduce(
    (sum, weight, other) =>
      sum + BigInt(weight) * gramEntry(input.gram, other + FIRST_TRAINER_SLOT, slot),
    0n,
  );
}

/** The weighted sum of a list, exact. */
function weightedSum(weights: readonly number[], values: readonly bigint[]): bigint {
  return values.reduce((sum, value, index) => sum + BigInt(weights[index] as number) * value, 0n);
}

/** Pay without a pay gradient: `w_i (2 kappa <u_i, r> - <u_i, aggregate>)` with the derived kappa, `docs/rules.md`. */
function quadraticContributions(
  input: RoundRuleInput,
  weights: readonly number[],
): { kappa: bigint; values: bigint[] } {
  const alongBulk = weights.map((_, trainer) =>
    alongAggregate(input, weights, trainer + FIRST_TRAINER_SLOT),
  );
  const alongReference = weights.map((_, trainer) =>
    gramEntry(input.gram, REFERENCE_SLOT, trainer + FIRST_TRAINER_SLOT),
  );
  const bulk = weightedSum(weights, alongBulk);
  const progress = weightedSum(weights, alongReference);
  // progress is zero only in a void round: every accepted trainer has a positive product with r.
  const exact = progress === 0n ? 0n : (3n * bulk) / (4n * progress);
  const kappa = exact > MAX_KAPPA ? MAX_KAPPA : exact;
  const values = weights.map((weight, trainer) => {
    const gain = 2n * kappa * (alongReference[trainer] as bigint) - (alongBulk[trainer] as bigint);
    return BigInt(weight) * gain;
  });
  return { kappa, values };
}

/**
 * Shares of the round's pay from applied weights. With a pay gradient g the contribution is `w_i <u_i, g>`:
 * the exact Shapley value of the first-order change in loss on the owner's pay set (`docs/rules.md`).
 * All widths stay below 2^160. Twin: `ContributionShares.circom`.
 *
 * @param weights As `weightsFromRaw` gives them; zero for trainers that are not accepted and in a void round.
 */
export function contributionShares(
  input: RoundRuleInput,
  weights: readonly number[],
): Contributions {
  const hasPayGradient = input.terms.active[PAY_SLOT] === true;
  const { kappa, values } = hasPayGradient
    ? { kappa: 0n, values: linearContributions(input, weights) }
    : quadraticContributions(input, weights);
  const contributions = values.map((value) => (value > 0n ? value : 0n));
  const noveltyOf = weights.map((weight, trainer) =>
    weight === 0 ? NOVELTY_UNIT : novelty(input, trainer + FIRST_TRAINER_SLOT),
  );
  const paid = contributions.map((value, trainer) => value * BigInt(noveltyOf[trainer] as number));
  const contributionSum = paid.reduce((sum, value) => sum + value, 0n);
  const shares = paid.map((value) =>
    contributionSum === 0n ? 0 : Number((BigInt(SHARE_TOTAL) * value) / contributionSum),
  );
  return { novelty: noveltyOf, contributions, contributionSum, kappa, shares };
}

function linearContributions(input: RoundRuleInput, weights: readonly number[]): bigint[] {
  return weights.map(
    (weight, trainer) =>
      BigInt(weight) * gramEntry(input.gram, PAY_SLOT, trainer + FIRST_TRAINER_SLOT),
  );
}
