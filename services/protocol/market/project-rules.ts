import { CommonweightError } from "../errors.ts";
import { roundRuleById } from "../rule/round-rules.ts";
import { NORM_BOUND_LIMIT, trainerCount } from "../rule/round-terms.ts";

/** The terms of a project as far as the contract judges them; amounts in the reward token's smallest unit. */
export interface JudgedTerms {
  readonly rewardToken: string;
  readonly referee: string;
  readonly budgetPerRoundWei: bigint;
  readonly stakeWei: bigint;
  readonly fullWeightStakeWei: bigint;
  readonly settleFeeWei: bigint;
  readonly normBoundSquared: bigint;
  readonly aggregatorBondWei: bigint;
  readonly joinSeconds: number;
  readonly openSeconds: number;
  readonly commitSeconds: number;
  readonly revealSeconds: number;
  readonly settleSeconds: number;
  readonly rounds: number;
  readonly extraRounds: number;
  readonly slots: number;
  readonly ruleId: number;
  readonly ruleParameterA: number;
  readonly ruleParameterB: number;
  readonly minTrainers: number;
  readonly maxTrainers: number;
  readonly parameterCount: number;
  readonly fractionBits: number;
  readonly flatBps: number;
  readonly capBps: number;
  readonly baseWeightKind: "equal" | "bonded-stake";
  readonly payEvery: number;
  /** Primary first, then standbys: one to three. */
  readonly aggregators: readonly string[];
}

/** A term that the market would refuse, and why, with its bounds. */
export interface TermProblem {
  readonly term: keyof JudgedTerms;
  readonly value: string;
  /** Bounds, where the term is a number that lies outside of them. */
  readonly least?: bigint;
  readonly most?: bigint;
  /** A sentence, for what is no matter of bounds. */
  readonly reason?: string;
}

const MOST_AMOUNT = (1n << 88n) - 1n;
const MOST_ROUNDS = 10_000n;
const PHASE_SECONDS = [10n, 90n * 86_400n] as const;
const BPS = 10_000n;
const isZeroAddress = (address: string) => /^0x0{40}$/i.test(address);

/**
 * Everything in a project's terms that the market refuses; empty exactly when it takes them.
 *
 * Twin: `ProjectRules.sol`; `test/integration/project-rules.test.ts` asks both about every boundary.
 */
export function termProblems(terms: JudgedTerms): TermProblem[] {
  return [
    ...amountProblems(terms),
    ...phaseProblems(terms),
    ...ruleProblems(terms),
    ...within(terms, "parameterCount", 1n, (1n << 24n) - 1n),
    ...within(terms, "fractionBits", 8n, 16n),
    ...within(terms, "normBoundSquared", 1n, NORM_BOUND_LIMIT - 1n),
    ...aggregatorProblems(terms),
  ];
}

/** A problem as a sentence. */
export function termProblemText({ term, value, least, most, reason }: TermProblem): string {
  return reason ?? `${term} is ${value}; it must lie between ${least} and ${most}.`;
}

function within(
  terms: JudgedTerms,
  term: keyof JudgedTerms,
  least: bigint,
  most: bigint,
): TermProblem[] {
  const value = BigInt(terms[term] as number | bigint);
  return value < least || value > most ? [{ term, value: String(value), least, most }] : [];
}

function amountProblems(terms: JudgedTerms): TermProblem[] {
  const minTrainers = BigInt(terms.minTrainers);
  // Below an equal part for the fewest trainers, part of the budget could never be earned by anybody.
  const leastCap = minTrainers > 0n ? (BPS + minTrainers - 1n) / minTrainers : BPS;
  const missing = (["rewardToken", "referee"] as const).filter((term) =>
    isZeroAddress(terms[term]),
  );
  return [
    ...missing.map((term) => ({
      term,
      value: terms[term],
      reason: `${term} is the zero address.`,
    })),
    ...within(terms, "budgetPerRoundWei", 1n, MOST_AMOUNT / MOST_ROUNDS),
    ...within(terms, "settleFeeWei", 0n, MOST_AMOUNT / MOST_ROUNDS),
    ...within(terms, "stakeWei", terms.baseWeightKind === "equal" ? 0n : 1n, MOST_AMOUNT),
    ...within(terms, "aggregatorBondWei", 0n, MOST_AMOUNT),
    ...(terms.baseWeightKind === "equal"
      ? within(terms, "fullWeightStakeWei", 0n, 0n)
      : within(terms, "fullWeightStakeWei", terms.stakeWei, MOST_AMOUNT)),
    ...within(terms, "flatBps", 0n, BPS),
    ...within(terms, "capBps", leastCap, BPS),
    ...within(terms, "payEvery", 1n, 65_535n),
  ];
}

function phaseProblems(terms: JudgedTerms): TermProblem[] {
  return [
    ...within(terms, "joinSeconds", 0n, PHASE_SECONDS[1]),
    ...within(terms, "openSeconds", ...PHASE_SECONDS),
    ...within(terms, "commitSeconds", ...PHASE_SECONDS),
    ...within(terms, "revealSeconds", ...PHASE_SECONDS),
    ...within(terms, "settleSeconds", ...PHASE_SECONDS),
    ...within(terms, "rounds", 1n, MOST_ROUNDS),
    ...within(terms, "extraRounds", 0n, MOST_ROUNDS),
  ];
}

function ruleProblems(terms: JudgedTerms): TermProblem[] {
  const { slots, minTrainers, ruleId } = terms;
  const room = trainerCount(slots);
  const reason = ruleRefusal(terms);
  return [
    ...within(terms, "minTrainers", 3n, BigInt(Math.max(0, room))),
    ...within(terms, "maxTrainers", BigInt(minTrainers), BigInt(Math.max(0, room))),
    ...(reason === null ? [] : [{ term: "ruleId" as const, value: String(ruleId), reason }]),
  ];
}

function ruleRefusal(terms: JudgedTerms): string | null {
  try {
    return roundRuleById(terms.ruleId).refuse({
      slotCount: terms.slots,
      minimumTrainers: terms.minTrainers,
      parameterA: terms.ruleParameterA,
      parameterB: terms.ruleParameterB,
    });
  } catch (error) {
    if (error instanceof CommonweightError) return `${error.message}.`;
    throw error;
  }
}

function aggregatorProblems({ aggregators }: JudgedTerms): TermProblem[] {
  const value = aggregators.join(", ");
  const problem = (reason: string): TermProblem[] => [{ term: "aggregators", value, reason }];
  if (aggregators.length < 1 || aggregators.length > 3) {
    return problem(`Name one to three aggregators, not ${aggregators.length}.`);
  }
  if (aggregators.some(isZeroAddress)) return problem("An aggregator is the zero address.");
  const distinct = new Set(aggregators.map((address) => address.toLowerCase()));
  return distinct.size < aggregators.length ? problem("An aggregator is named twice.") : [];
}
