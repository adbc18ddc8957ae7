import type { ProjectTerms } from "../adapters/chain/projects/project-terms.ts";
import { NEUTRAL_RELIABILITY } from "../protocol/market/reliability.ts";
import { SAMPLING_FLOOR } from "../protocol/market/sampling.ts";

/** A settled round as far as it tells what the next ones pay. */
export interface PastRound {
  readonly budgetWei: bigint;
  readonly paidWei: bigint;
  readonly submitted: number;
  /** What each accepted trainer earned. */
  readonly earnedWei: readonly bigint[];
  /** What the account that asks earned; undefined when it was not in the round, 0 when it was rejected. */
  readonly ownWei?: bigint | undefined;
}

/** What pay is expected from. */
export interface PayFacts {
  readonly terms: Pick<
    ProjectTerms,
    "budgetPerRoundWei" | "flatBps" | "capBps" | "minTrainers" | "maxTrainers"
  >;
  /** Reliabilities of the trainers that are in the project, without the account that asks. */
  readonly othersReliability: readonly number[];
  /** Of the account that asks; neutral for somebody new. */
  readonly reliability?: number | undefined;
  /** The newest settled rounds. */
  readonly past: readonly PastRound[];
}

/** What a round is expected to pay one trainer. Chances are 0..1. */
export interface ExpectedPay {
  /** `own-rounds`: what this account earned; `rounds`: what others did; `equal-shares`: nothing is settled yet. */
  readonly basis: "own-rounds" | "rounds" | "equal-shares";
  /** How many rounds that is from. */
  readonly rounds: number;
  /** Chance to be among the round's trainers when more have joined than fit. */
  readonly selectedChance: number;
  /** Share of submitted updates that were accepted; 1 when nothing is settled yet. */
  readonly acceptedChance: number;
  /** Trainers that share a round, the account included. */
  readonly acceptedTrainers: number;
  /** Part of a round's budget for an accepted update, 0..1. */
  readonly share: number;
  /** For an accepted update. */
  readonly acceptedWei: bigint;
  /** Least and most that an accepted update earned; without rounds the flat part alone and the cap. */
  readonly lowWei: bigint;
  readonly highWei: bigint;
  /** With the chances. */
  readonly perRoundWei: bigint;
}

const MILLION = 1_000_000;
const BPS = 10_000n;

/** An amount times a factor, to the millionth. */
export function scaledWei(amountWei: bigint, factor: number): bigint {
  return (amountWei * BigInt(Math.round(factor * MILLION))) / BigInt(MILLION);
}

/** Draws are in proportion to reliability; with many trainers the chance is about places times the own part of all weights. */
function chanceOfPlace({ terms, othersReliability, reliability }: PayFacts): number {
  if (othersReliability.length + 1 <= terms.maxTrainers) return 1;
  const weight = (score: number) => score + SAMPLING_FLOOR;
  const own = weight(reliability ?? NEUTRAL_RELIABILITY);
  const all = othersReliability.reduce((sum, score) => sum + weight(score), own);
  return Math.min(1, (terms.maxTrainers * own) / all);
}

const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
/** Least and most of some amounts; 0 for none. */
function rangeOf(values: readonly bigint[]): { lowWei: bigint; highWei: bigint } {
  const ordered = values.toSorted((one, two) => Number(one > two) - Number(one < two));
  return { lowWei: ordered[0] ?? 0n, highWei: ordered.at(-1) ?? 0n };
}

/**
 * What a project is expected to pay a trainer for a round. It is an estimate from what rounds have paid: pay depends on
 * what an update is worth to the project, which nobody knows beforehand.
 *
 * Without any settled round all trainers are taken to be accepted and to share equally.
 */
export function expectedPay(facts: PayFacts): ExpectedPay {
  const { terms, past, othersReliability } = facts;
  const { budgetPerRoundWei } = terms;
  const capWei = (budgetPerRoundWei * BigInt(terms.capBps)) / BPS;
  const selectedChance = chanceOfPlace(facts);
  const inRound = Math.min(terms.maxTrainers, othersReliability.length + 1);

  const own = past.flatMap(({ ownWei }) => (ownWei === undefined ? [] : [ownWei]));
  const ownPaid = own.filter((wei) => wei > 0n);
  if (ownPaid.length > 0) {
    const acceptedChance = ownPaid.length / own.length;
    const acceptedWei = ownPaid.reduce((sum, wei) => sum + wei, 0n) / BigInt(ownPaid.length);
    return {
      basis: "own-rounds",
      rounds: own.length,
      selectedChance,
      acceptedChance,
      acceptedTrainers: Math.max(1, Math.round(inRound * acceptedChance)),
      share: Number(acceptedWei) / Number(budgetPerRoundWei),
      acceptedWei,
      ...rangeOf(ownPaid),
      perRoundWei: scaledWei(acceptedWei, selectedChance * acceptedChance),
    };
  }

  const paying = past.filter(({ earnedWei }) => earnedWei.length > 0);
  const submitted = sumOf(past.map((round) => round.submitted));
  const isKnown = submitted > 0;
  const acceptedChance = isKnown
    ? sumOf(paying.map(({ earnedWei }) => earnedWei.length)) / submitted
    : 1;
  const paidPart = isKnown
    ? sumOf(paying.map(({ paidWei, budgetWei }) => Number(paidWei) / Number(budgetWei))) /
      Math.max(1, paying.length)
    : 1;
  // A project that has not enough trainers yet opens no round before it has.
  const acceptedTrainers = Math.max(
    1,
    Math.round(Math.max(inRound, terms.minTrainers) * acceptedChance),
  );
  const share = Math.min(paidPart / acceptedTrainers, terms.capBps / Number(BPS));
  const acceptedWei = scaledWei(budgetPerRoundWei, share);
  const earned = paying.flatMap(({ earnedWei }) => earnedWei);
  const flatWei = (budgetPerRoundWei * BigInt(terms.flatBps)) / BPS / BigInt(acceptedTrainers);
  return {
    basis: isKnown ? "rounds" : "equal-shares",
    rounds: isKnown ? past.length : 0,
    selectedChance,
    acceptedChance,
    acceptedTrainers,
    share,
    acceptedWei,
    ...(isKnown ? rangeOf(earned) : { lowWei: flatWei, highWei: capWei }),
    perRoundWei: scaledWei(acceptedWei, selectedChance * acceptedChance),
  };
}
