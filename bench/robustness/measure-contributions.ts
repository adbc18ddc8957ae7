import type { Dataset } from "../../services/learning/data/dataset.ts";
import type { LayeredModelSpec } from "../../services/learning/model-spec.ts";
import { coalitionShapley } from "../../services/learning/rehearsal/coalition-shapley.ts";
import type { DecideRound } from "../../services/learning/rehearsal/decide-round.ts";
import type { SimulatedRound } from "../../services/learning/rehearsal/simulate-rounds.ts";
import { evaluate } from "../../services/learning/training/evaluate.ts";
import { meanGradient } from "../../services/learning/training/references.ts";
import { dot } from "../../services/learning/training/vector.ts";
import { mean, normalised, spearman } from "../statistics.ts";
import { RULES } from "./measure-attacks.ts";
import { runScenario, type Scenario, scenarioSets } from "./scenarios.ts";

/** How well pay follows exact Shapley values: Spearman's rank correlation per round, mean over rounds and seeds. */
export interface ContributionResult {
  readonly scenario: string;
  readonly seeds: number;
  readonly rounds: number;
  /** Contribution `w <u, g>` against the exact value of the loss on the pay set behind g. */
  readonly onPaySet: number;
  /** The same against the exact value on 1,000 other samples. */
  readonly onOtherSamples: number;
  /** Shares as paid, novelty included. */
  readonly sharesOnPaySet: number;
  readonly sharesOnOtherSamples: number;
  /** Contributions with a pay set four times as large, against the exact value on the 1,000 other samples. */
  readonly largePayOnOther: number;
  /**
   * Bounds of what any g could reach: with the gradient half-way through the round's own change, which nobody knows before the
   * updates are fixed; and the exact value on the pay set against the exact value on other samples.
   */
  readonly halfwayOnPaySet: number;
  readonly exactOnOtherSamples: number;
  /** Sums over all rounds, on the pay set. */
  readonly overRunsOnPaySet: number;
}

/** Fixed point of the scenarios and of weights: `w u` in units of 2^-22. */
const UNIT = 2 ** -22;

/** Loss of every coalition of accepted trainers; weights stay as they were applied. */
type CoalitionLoss = (coalition: number) => number | Promise<number>;

function parametersOf(round: SimulatedRound, trainers: readonly number[]): Float32Array {
  const parameters = round.before.slice();
  for (const trainer of trainers) {
    const factor = (round.decision.weights[trainer] as number) * UNIT;
    const update = round.updates[trainer] as Int16Array;
    for (let j = 0; j < parameters.length; j++) {
      parameters[j] = (parameters[j] as number) + factor * (update[j] as number);
    }
  }
  return parameters;
}

const membersOf = (accepted: readonly number[], coalition: number) =>
  accepted.filter((_, player) => coalition & (1 << player));

/**
 * Losses of a linear model: its logits are sums of the trainers' parts, so each part is computed once and only the softmax
 * for each coalition.
 */
function linearCoalitionLoss(
  round: SimulatedRound,
  accepted: readonly number[],
  samples: { readonly inputs: Float32Array; readonly labels: Int32Array },
): CoalitionLoss {
  const { inputs, labels } = samples;
  const classes = 10;
  const features = inputs.length / labels.length;
  const logitsOf = (parameters: ArrayLike<number>, factor: number) => {
    const logits = new Float64Array(labels.length * classes);
    for (let row = 0; row < labels.length; row++) {
      for (let k = 0; k < classes; k++) {
        let sum = parameters[features * classes + k] as number;
        for (let j = 0; j < features; j++) {
          const input = inputs[row * features + j] as number;
          if (input !== 0) sum += (parameters[k * features + j] as number) * input;
        }
        logits[row * classes + k] = sum * factor;
      }
    }
    return logits;
  };
  const base = logitsOf(round.before, 1);
  const parts = new Map(
    accepted.map((trainer) => [
      trainer,
      logitsOf(
        round.updates[trainer] as Int16Array,
        (round.decision.weights[trainer] as number) * UNIT,
      ),
    ]),
  );
  return (coalition) => {
    const logits = base.slice();
    for (const trainer of membersOf(accepted, coalition)) {
      (parts.get(trainer) as Float64Array).forEach((value, i) => {
        logits[i] = (logits[i] as number) + value;
      });
    }
    let loss = 0;
    for (let row = 0; row < labels.length; row++) {
      const scores = logits.subarray(row * classes, (row + 1) * classes);
      const largest = Math.max(...scores);
      const sum = scores.reduce((all, score) => all + Math.exp(score - largest), 0);
      loss += Math.log(sum) + largest - (scores[labels[row] as number] as number);
    }
    return loss / labels.length;
  };
}

/** Exact Shapley values of what the applied update did to the loss. */
async function exactValues(
  model: LayeredModelSpec,
  round: SimulatedRound,
  dataset: Dataset,
): Promise<number[]> {
  const accepted = round.decision.weights.flatMap((weight, i) => (weight > 0 ? [i] : []));
  const all = Array.from({ length: dataset.size }, (_, i) => i);
  const lossOf: CoalitionLoss =
    model.layers.length === 1
      ? linearCoalitionLoss(round, accepted, await dataset.readBatch(all))
      : async (coalition) => {
          const parameters = parametersOf(round, membersOf(accepted, coalition));
          return (await evaluate({ model, parameters, dataset })).loss;
        };
  const values = await coalitionShapley(
    accepted.length,
    async (coalition) => -(await lossOf(coalition)),
  );
  return round.decision.weights.map((_, i) => values[accepted.indexOf(i)] ?? 0);
}

interface RoundScores {
  /** Accepted trainers only, in one order. */
  readonly contributions: readonly number[];
  readonly shares: readonly number[];
  readonly largePay: readonly number[];
  readonly halfway: readonly number[];
  readonly onPay: readonly number[];
  readonly onOther: readonly number[];
}

const add = (left: readonly number[], right: readonly number[]) =>
  left.map((value, i) => value + (right[i] as number));

/** Scores of every applied round of one run, and the rank correlation of the sums over the run on the pay set. */
async function scoreRun(
  scenario: Scenario,
  seed: string,
  training: Dataset,
): Promise<{ rounds: RoundScores[]; overRun: number }> {
  const sets = await scenarioSets(training, scenario, seed);
  const decide = RULES.trust as DecideRound;
  const rounds: RoundScores[] = [];
  let paid: number[] = sets.parts.map(() => 0);
  let exact: number[] = sets.parts.map(() => 0);
  for await (const round of runScenario({ scenario, sets, attack: null, decide, seed })) {
    const { weights, shares, isVoid } = round.decision;
    if (isVoid) continue;
    const g = round.references.g as Int16Array;
    const contributionsTo = (direction: ArrayLike<number>) =>
      round.updates.map((update, i) => (weights[i] as number) * dot(update, direction));
    const contributions = contributionsTo(g);
    const descent = async (dataset: Dataset, parameters: Float32Array) =>
      (await meanGradient({ model: scenario.model, parameters, dataset })).map((entry) => -entry);
    const halfway = round.before.map((entry, j) => (entry + (round.after[j] as number)) / 2);
    const onPay = await exactValues(scenario.model, round, sets.pay);
    const onOther = await exactValues(scenario.model, round, sets.other);
    const accepted = weights.flatMap((weight, i) => (weight > 0 ? [i] : []));
    const of = (list: readonly number[]) => accepted.map((i) => list[i] as number);
    rounds.push({
      contributions: of(contributions),
      shares: of(shares),
      largePay: of(contributionsTo(await descent(sets.largePay, round.before))),
      halfway: of(contributionsTo(await descent(sets.pay, halfway))),
      onPay: of(onPay),
      onOther: of(onOther),
    });
    paid = add(paid, normalised(shares));
    exact = add(exact, normalised(onPay));
  }
  return { rounds, overRun: spearman(paid, exact) };
}

/** Compares pay with exact coalition Shapley values, without attackers, under the trust rule. */
export async function measureContributions(options: {
  readonly scenario: Scenario;
  readonly seeds: readonly string[];
  readonly training: Dataset;
}): Promise<ContributionResult> {
  const { scenario, seeds, training } = options;
  const runs: Awaited<ReturnType<typeof scoreRun>>[] = [];
  for (const seed of seeds) runs.push(await scoreRun(scenario, seed, training));
  const rounds = runs.flatMap((run) => run.rounds);
  const correlation = (a: keyof RoundScores, b: keyof RoundScores) =>
    mean(rounds.map((round) => spearman(round[a], round[b])).filter(Number.isFinite));
  return {
    scenario: scenario.name,
    seeds: seeds.length,
    rounds: rounds.length,
    onPaySet: correlation("contributions", "onPay"),
    onOtherSamples: correlation("contributions", "onOther"),
    largePayOnOther: correlation("largePay", "onOther"),
    halfwayOnPaySet: correlation("halfway", "onPay"),
    exactOnOtherSamples: correlation("onPay", "onOther"),
    sharesOnPaySet: correlation("shares", "onPay"),
    sharesOnOtherSamples: correlation("shares", "onOther"),
    overRunsOnPaySet: mean(runs.map(({ overRun }) => overRun)),
  };
}
