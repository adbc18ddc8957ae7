import { CommonweightError } from "../errors.ts";
import { type RoundRuleOutcome, SHARE_TOTAL } from "../rule/round-rule.ts";
import { marketRuleErrors } from "./market-rule-errors.ts";

/** Basis points in a whole. */
export const BPS_TOTAL = 10_000n;

/** What a round pays from and by. */
export interface PayoutInput {
  /** What the round pays from, in the token's smallest unit; see {@link budgetForReadable}. */
  readonly budgetWei: bigint;
  /** Part of the budget split evenly among accepted trainers, in 1/10000. */
  readonly flatBps: number;
  /** Most of the budget for one trainer, in 1/10000. */
  readonly capBps: number;
  readonly outcome: Pick<RoundRuleOutcome, "verdicts" | "weights" | "shares">;
}

/** Who gets what of one round, to the wei. Index 0 of every list is slot 3. */
export interface RoundPayouts {
  readonly payoutsWei: readonly bigint[];
  /** Part of each payout that is the even split, before the cap. */
  readonly flatWei: readonly bigint[];
  /** Part of each payout that is by share, before the cap. */
  readonly byShareWei: readonly bigint[];
  /** `budgetWei` less all payouts: dust, what the cap withheld, what nobody earned. Carried to the next round. */
  readonly remainderWei: bigint;
}

/**
 * What a round pays from: as much of its budget as of its submissions could be read. The rest stays in escrow: the others together
 * never get more than their part by heads because an aggregator says that somebody could not be read. Twin: `Payouts.sol`.
 *
 * @param budgetWei The round's budget, with what earlier rounds carried over.
 */
export const budgetForReadable = (budgetWei: bigint, readable: number, submitted: number): bigint =>
  (budgetWei * BigInt(readable)) / BigInt(submitted);

function requirePayoutInput({ budgetWei, flatBps, capBps, outcome }: PayoutInput): void {
  const fail = (reason: string): never => {
    throw new CommonweightError(marketRuleErrors.payoutMalformed, reason);
  };
  if (budgetWei < 0n) fail(`budget ${budgetWei}`);
  if (!Number.isInteger(flatBps) || flatBps < 0 || flatBps > 10_000) fail(`flatBps ${flatBps}`);
  if (!Number.isInteger(capBps) || capBps < 1 || capBps > 10_000) fail(`capBps ${capBps}`);
  const { verdicts, weights, shares } = outcome;
  if (verdicts.length !== shares.length || weights.length !== shares.length) {
    fail("verdicts, weights and shares differ in length");
  }
  if (shares.some((share) => !Number.isInteger(share) || share < 0)) fail("a share is negative");
  const total = shares.reduce((sum, share) => sum + share, 0);
  if (total > SHARE_TOTAL) fail(`shares sum to ${total}`);
}

/**
 * What a settled round pays, in integers that a contract repeats exactly:
 *
 * ```
 * void (all weights 0):   nobody is paid, the remainder is the whole budget
 * flatPool  = floor(budget * flatBps / 10000)        flat_i    = floor(flatPool / accepted)
 * sharePool = budget - flatPool                      byShare_i = floor(sharePool * share_i / 65535)
 * cap       = floor(budget * capBps / 10000)         payout_i  = min(flat_i + byShare_i, cap)
 * remainder = budget - sum payout_i
 * ```
 *
 * Only accepted trainers are paid. Nothing is created or lost. Twin: `Payouts.sol`.
 *
 * @throws CommonweightError CW1050 for terms outside their range or shares above 65535 together.
 */
export function roundPayouts(input: PayoutInput): RoundPayouts {
  requirePayoutInput(input);
  const { budgetWei, outcome } = input;
  const isVoid = outcome.weights.every((weight) => weight === 0);
  const isPaid = outcome.verdicts.map((verdict) => !isVoid && verdict === "accepted");
  const accepted = BigInt(isPaid.filter(Boolean).length);
  const flatPool = (budgetWei * BigInt(input.flatBps)) / BPS_TOTAL;
  const sharePool = budgetWei - flatPool;
  const cap = (budgetWei * BigInt(input.capBps)) / BPS_TOTAL;
  const flatWei = isPaid.map((paid) => (paid ? flatPool / accepted : 0n));
  const byShareWei = isPaid.map((paid, trainer) =>
    paid ? (sharePool * BigInt(outcome.shares[trainer] as number)) / BigInt(SHARE_TOTAL) : 0n,
  );
  const payoutsWei = flatWei.map((flat, trainer) => {
    const full = flat + (byShareWei[trainer] as bigint);
    return full < cap ? full : cap;
  });
  const remainderWei = payoutsWei.reduce((rest, payout) => rest - payout, budgetWei);
  return { payoutsWei, flatWei, byShareWei, remainderWei };
}
