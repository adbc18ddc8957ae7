import { CommonweightError } from "../../protocol/errors.ts";
import { type RoundPayouts, roundPayouts } from "../../protocol/market/payout.ts";
import { roundRuleById } from "../../protocol/rule/round-rules.ts";
import { SLOT_COUNTS, trainerCount } from "../../protocol/rule/round-terms.ts";
import { ruleErrors } from "../../protocol/rule/rule-errors.ts";
import type { Verdict } from "../../protocol/rule/verdicts.ts";
import { type Dataset, subsetDataset } from "../data/dataset.ts";
import { countLabels, type PartitionPlan, partitionIndices } from "../data/partition.ts";
import { learningErrors } from "../errors.ts";
import type { ComputeDevice } from "../jax/compiled-model.ts";
import type { ModelSpec } from "../model-spec.ts";
import { seededRandom, shuffledIndices } from "../random.ts";
import { evaluate } from "../training/evaluate.ts";
import type { Hyperparameters } from "../training/hyperparameters.ts";
import type { UpdateNoise } from "../training/prepare-update.ts";
import { ruleDecision, type Similarities } from "./decide-round.ts";
import { type SimulatedRound, type SimulatedTrainer, simulateRounds } from "./simulate-rounds.ts";

/** The parts of a manifest that a rehearsal depends on. */
export interface RehearsalManifest {
  readonly model: ModelSpec;
  readonly training: Hyperparameters;
  readonly fixedPoint: {
    readonly fractionBits: number;
    readonly ditherBits: number;
    readonly clipNorm: number;
  };
  readonly privacy: UpdateNoise;
  readonly evaluation: { readonly referenceSteps: number; readonly paySamples: number };
}

/** The parts of the contract's terms that a rehearsal depends on, with the market's defaults. */
export interface RehearsalTerms {
  /** 1, the trust rule, by default. */
  readonly ruleId?: number;
  readonly parameterA?: number;
  readonly parameterB?: number;
  /** 10^18 by default. */
  readonly budgetPerRoundWei?: bigint;
  /** 1000 by default. */
  readonly flatBps?: number;
  /** 5000 by default. */
  readonly capBps?: number;
  /** Longer updates are shortened, as trainers do; none by default. */
  readonly normBoundSquared?: bigint | undefined;
}

/** Options of {@link rehearse}. */
export interface RehearseParameters {
  readonly manifest: RehearsalManifest;
  readonly terms?: RehearsalTerms;
  /** A sample of the task. It is divided: a root set, a pay set, a validation set, and the trainers' parts. */
  readonly data: Dataset;
  readonly trainers: number;
  /** Attacks by name and how many of the trainers run each; the last trainers are the attackers. */
  readonly attackMix: readonly { readonly attack: string; readonly trainers: number }[];
  readonly rounds: number;
  readonly seed: string;
  readonly partition?: PartitionPlan;
  readonly device?: ComputeDevice;
  readonly signal?: AbortSignal;
  readonly onProgress?: (round: RehearsedRound, rounds: number) => void;
}

/** A round of a rehearsal. Index 0 of lists is the first trainer. */
export interface RehearsedRound {
  readonly roundIndex: number;
  /** On the validation set, after the round. */
  readonly accuracy: number;
  readonly loss: number;
  readonly isVoid: boolean;
  readonly verdicts: readonly Verdict[];
  readonly weights: readonly number[];
  readonly payoutsWei: readonly bigint[];
  /** What the rule has decided from, as cosines. */
  readonly similarities: Similarities;
}

/** What a rehearsal found, summed over rounds. */
export interface RehearsalReport {
  readonly rounds: readonly RehearsedRound[];
  readonly isAttacker: readonly boolean[];
  readonly finalAccuracy: number;
  readonly finalLoss: number;
  /** Share of the validation set that its commonest class has: the accuracy of whoever always says that one. */
  readonly commonestShare: number;
  readonly voidRounds: number;
  /** Share of the attackers' updates that were accepted in rounds that counted; null without attackers. */
  readonly missedShare: number | null;
  /** Share of the honest updates that were rejected. */
  readonly falseRemovalShare: number;
  /** Share of everything paid that went to attackers. */
  readonly attackerPayShare: number;
  readonly paidWei: bigint;
  readonly seconds: number;
}

/** Most of a sample that owner's sets take, and how many samples they want. */
const SETS = { root: [200, 0.1], pay: [500, 0.2], validation: [1000, 0.2] } as const;

/** Divides a sample into disjoint sets at random. @throws CommonweightError CW3106 when it is too small. */
export function splitSample(
  data: Dataset,
  seed: string,
): { root: Dataset; pay: Dataset; validation: Dataset; training: Dataset } {
  const order = shuffledIndices(data.size, seededRandom(`commonweight/split/${seed}`));
  let from = 0;
  const take = ([wanted, most]: readonly [number, number]) => {
    const count = Math.min(wanted, Math.floor(data.size * most));
    if (count === 0) {
      throw new CommonweightError(learningErrors.partitionImpossible, `${data.size} samples`);
    }
    from += count;
    return subsetDataset(data, order.subarray(from - count, from));
  };
  const sets = { root: take(SETS.root), pay: take(SETS.pay), validation: take(SETS.validation) };
  return { ...sets, training: subsetDataset(data, order.subarray(from)) };
}

async function makeTrainers(
  parameters: RehearseParameters,
  training: Dataset,
): Promise<SimulatedTrainer[]> {
  const { trainers, attackMix, seed, partition = { kind: "iid" } } = parameters;
  const attacks = attackMix.flatMap((part) => new Array<string>(part.trainers).fill(part.attack));
  if (attacks.length > trainers) {
    throw new CommonweightError(
      learningErrors.partitionImpossible,
      `${attacks.length} attackers among ${trainers} trainers`,
    );
  }
  const parts = partitionIndices({
    labels: await training.readLabels(),
    classes: training.classes,
    parts: trainers,
    plan: partition,
    seed,
  });
  return parts.map((part, i) => ({
    dataset: subsetDataset(training, part),
    baseWeight: 100,
    attack: attacks[i - (trainers - attacks.length)],
  }));
}

/**
 * Simulates a project before money is at stake: the protocol's rules, integers and payouts, without chain, proofs and
 * storage. Runs in Node and in the browser.
 *
 * @throws CommonweightError CW1000 for a rule that cannot work with so many trainers, CW3501 for an unknown attack, CW3106 for too little data, CW3006 when cancelled.
 */
export async function rehearse(parameters: RehearseParameters): Promise<RehearsalReport> {
  const { manifest, terms = {}, rounds, seed, onProgress, signal, device } = parameters;
  const startedAt = performance.now();
  const sets = splitSample(parameters.data, seed);
  const trainers = await makeTrainers(parameters, sets.training);
  const { ruleId = 1, parameterA = 0, parameterB = 0 } = terms;
  const rule = roundRuleById(ruleId);
  const slotCount = SLOT_COUNTS.find((count) => trainerCount(count) >= trainers.length) ?? 0;
  const reason = rule.refuse({
    slotCount,
    minimumTrainers: trainers.length,
    parameterA,
    parameterB,
  });
  if (reason !== null) throw new CommonweightError(ruleErrors.termsMalformed, reason);
  const rehearsed: RehearsedRound[] = [];
  let carriedWei = 0n;
  for await (const round of simulateRounds({
    model: manifest.model,
    hyperparameters: manifest.training,
    ...manifest.fixedPoint,
    noise: manifest.privacy,
    normBoundSquared: terms.normBoundSquared,
    referenceSteps: manifest.evaluation.referenceSteps,
    trainers,
    rootSet: sets.root,
    paySet: manifest.evaluation.paySamples > 0 ? sets.pay : null,
    decide: ruleDecision({
      ...{ rule, parameterA, parameterB },
      ...(terms.normBoundSquared === undefined ? {} : { normBoundSquared: terms.normBoundSquared }),
    }),
    rounds,
    seed,
    device,
    signal,
  })) {
    const quality = await evaluate({
      model: manifest.model,
      parameters: round.after,
      dataset: sets.validation,
      ...(device ? { device } : {}),
      ...(signal ? { signal } : {}),
    });
    const payouts = payRound(terms, round, carriedWei);
    carriedWei = payouts.remainderWei;
    const { accuracy, loss } = quality;
    const summary = { ...summarise(round), accuracy, loss, payoutsWei: payouts.payoutsWei };
    rehearsed.push(summary);
    onProgress?.(summary, rounds);
  }
  const isAttacker = trainers.map(({ attack }) => attack !== undefined);
  const commonest = Math.max(...(await countLabels(sets.validation)));
  return {
    ...report(rehearsed, isAttacker),
    commonestShare: commonest / sets.validation.size,
    seconds: (performance.now() - startedAt) / 1000,
  };
}

function payRound(
  terms: RehearsalTerms,
  { decision }: SimulatedRound,
  carriedWei: bigint,
): RoundPayouts {
  const { flatBps = 1000, capBps = 5000, budgetPerRoundWei = 10n ** 18n } = terms;
  return roundPayouts({
    budgetWei: budgetPerRoundWei + carriedWei,
    flatBps,
    capBps,
    outcome: decision,
  });
}

function summarise({ roundIndex, decision }: SimulatedRound) {
  const { isVoid, verdicts, weights, similarities = { names: [], cosines: [] } } = decision;
  return { roundIndex, isVoid, verdicts, weights, similarities };
}

function report(
  rounds: readonly RehearsedRound[],
  isAttacker: readonly boolean[],
): Omit<RehearsalReport, "commonestShare" | "seconds"> {
  let [missed, removed, paidWei, attackerWei] = [0, 0, 0n, 0n];
  for (const { verdicts, payoutsWei, isVoid } of rounds) {
    verdicts.forEach((verdict, i) => {
      const isAccepted = verdict === "accepted" && !isVoid;
      if (isAttacker[i] && isAccepted) missed += 1;
      if (!isAttacker[i] && verdict !== "accepted") removed += 1;
      const payout = payoutsWei[i] as bigint;
      paidWei += payout;
      if (isAttacker[i]) attackerWei += payout;
    });
  }
  const attackers = isAttacker.filter(Boolean).length;
  const honest = isAttacker.length - attackers;
  const last = rounds.at(-1);
  return {
    rounds,
    isAttacker,
    finalAccuracy: last?.accuracy ?? 0,
    finalLoss: last?.loss ?? Number.POSITIVE_INFINITY,
    voidRounds: rounds.filter(({ isVoid }) => isVoid).length,
    missedShare: attackers === 0 ? null : missed / (attackers * rounds.length),
    falseRemovalShare: honest === 0 ? 0 : removed / (honest * rounds.length),
    attackerPayShare: paidWei === 0n ? 0 : Number((attackerWei * 1_000_000n) / paidWei) / 1e6,
    paidWei,
  };
}
