import type { ProjectTerms } from "../adapters/chain/projects/project-terms.ts";
import { scaledWei } from "./expected-pay.ts";
import type { RoundEffort } from "./measure-round.ts";
import type { ProjectRecord } from "./project-record.ts";

/**
 * Gas of a trainer's transactions, a little above what they take (`test/worker/before-joining.test.ts`). A first update in a project
 * writes new words; later ones take less.
 */
export const TRAINER_GAS = {
  register: 120_000n,
  approve: 50_000n,
  wrap: 60_000n,
  join: 175_000n,
  leave: 130_000n,
  submit: 45_000n,
} as const;

/** What taking part costs and brings, as far as that can be said before. All amounts in the smallest unit. */
export interface ProjectQuote {
  readonly rounds: number;
  /** Of the rounds that are left, with what the chances take off. */
  readonly expectedWei: bigint;
  /** Native coin: registering, approving, joining, leaving. */
  readonly entryGasWei: bigint;
  /** Native coin, for a round; 0 when an aggregator relays. */
  readonly roundGasWei: bigint;
  readonly gasPriceWei: bigint;
  /** What this machine's work of a round is worth to its owner. */
  readonly roundMachineWei: bigint;
  /** Locked, and lost by one update above the norm bound. */
  readonly stakeWei: bigint;
  /** Whether gas and pay are the same coin, so that they can be added up. */
  readonly isComparable: boolean;
  /** The rest is only there when it is comparable. */
  readonly perRoundNetWei: bigint | null;
  readonly netWei: bigint | null;
  readonly perMachineHourWei: bigint | null;
  readonly breakEven: BreakEven | null;
}

/** What must hold for taking part not to lose money. */
export interface BreakEven {
  /** Rounds until joining and leaving are paid for; null when a round costs more than it brings. */
  readonly afterRounds: number | null;
  /** The pay a round below which it does not pay, over all rounds that are left. */
  readonly leastPerRoundWei: bigint;
  /** Share of updates that must be accepted; above 1, or null when nothing is paid, it cannot pay. */
  readonly leastAccepted: number | null;
}

/** What a quote is made of. */
export interface QuoteFacts {
  readonly terms: Pick<ProjectTerms, "stakeWei" | "rewardToken">;
  readonly wrappedNative: string;
  readonly record: ProjectRecord;
  readonly effort: Pick<RoundEffort, "totalSeconds"> | undefined;
  readonly gasPriceWei: bigint;
  /** What the account has done already, and need not pay again. */
  readonly done: { readonly isRegistered: boolean; readonly isJoined: boolean };
  readonly isRelayed: boolean;
  /** What an hour of this machine costs its owner, in wei of the native coin. */
  readonly machineHourWei: bigint;
}

const ceilDivide = (amount: bigint, by: bigint) => (amount + by - 1n) / by;

function entryGas({ done, terms, wrappedNative }: QuoteFacts): bigint {
  if (done.isJoined) return TRAINER_GAS.leave;
  const isWrapped = terms.rewardToken.toLowerCase() === wrappedNative.toLowerCase();
  const stakes =
    terms.stakeWei > 0n ? TRAINER_GAS.approve + (isWrapped ? TRAINER_GAS.wrap : 0n) : 0n;
  const registers = done.isRegistered ? 0n : TRAINER_GAS.register;
  return registers + stakes + TRAINER_GAS.join + TRAINER_GAS.leave;
}

/** Adds up what is known. Pure: the same facts give the same quote. */
export function quoteProject(facts: QuoteFacts): ProjectQuote {
  const { terms, record, effort, gasPriceWei, machineHourWei } = facts;
  const { pay, roundsLeft } = record;
  const rounds = BigInt(roundsLeft);
  const entryGasWei = entryGas(facts) * gasPriceWei;
  const roundGasWei = facts.isRelayed ? 0n : TRAINER_GAS.submit * gasPriceWei;
  const hours = (effort?.totalSeconds ?? 0) / 3600;
  const isComparable = terms.rewardToken.toLowerCase() === facts.wrappedNative.toLowerCase();
  // Work and gas are spent only in the rounds that the trainer is drawn for.
  const roundMachineWei = scaledWei(machineHourWei, hours);
  const roundCostWei = scaledWei(roundGasWei + roundMachineWei, pay.selectedChance);
  const expectedWei = pay.perRoundWei * rounds;
  const perRoundNetWei = pay.perRoundWei - roundCostWei;
  const costWei = entryGasWei + roundCostWei * rounds;
  const leastPerRoundWei = rounds > 0n ? ceilDivide(costWei, rounds) : costWei;
  const fullWei = Number(scaledWei(pay.acceptedWei, pay.selectedChance));
  const netPerWorkedWei = Number(perRoundNetWei) / pay.selectedChance;
  return {
    rounds: roundsLeft,
    ...{ expectedWei, entryGasWei, roundGasWei, gasPriceWei, roundMachineWei, isComparable },
    stakeWei: terms.stakeWei,
    perRoundNetWei: isComparable ? perRoundNetWei : null,
    netWei: isComparable ? expectedWei - costWei : null,
    perMachineHourWei:
      isComparable && hours > 0 ? BigInt(Math.round(netPerWorkedWei / hours)) : null,
    breakEven: isComparable
      ? {
          afterRounds: perRoundNetWei > 0n ? Number(ceilDivide(entryGasWei, perRoundNetWei)) : null,
          leastPerRoundWei,
          leastAccepted: fullWei === 0 ? null : Number(leastPerRoundWei) / fullWei,
        }
      : null,
  };
}
