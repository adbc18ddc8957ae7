import { partitionIndices } from "../../services/learning/data/partition.ts";
import {
  normalRandom,
  seededBytes,
  seededRandom,
  shuffledIndices,
} from "../../services/learning/random.ts";
import { type GramMatrix, gramMatrix } from "../../services/protocol/gram/gram-matrix.ts";
import { aggregateUpdates, quantiseUpdate } from "../../services/protocol/model/fixed-point.ts";
import { contributionShares } from "../../services/protocol/rule/contribution.ts";
import type { RoundRuleOutcome } from "../../services/protocol/rule/round-rule.ts";
import { activeTrainerCount, type RoundTerms } from "../../services/protocol/rule/round-terms.ts";
import { trustRule } from "../../services/protocol/rule/trust-rule.ts";
import { weightsFromRaw } from "../../services/protocol/rule/weights.ts";
import { type Attack, HONEST, norm } from "./attacks.ts";
import type { Task } from "./samples.ts";
import {
  accuracy,
  descentDirection,
  type Labelling,
  localUpdate,
  type Parameters,
  parameterCount,
} from "./softmax.ts";

/** What the owner's root set, behind the reference, looks like. */
export type RootKind =
  | "clean"
  | "half of the classes"
  | "20 % random labels"
  | "50 % random labels";

/** One federated training. */
export interface FederationOptions {
  readonly task: Task;
  readonly plan: "dirichlet" | "iid";
  readonly seed: number;
  readonly rounds: number;
  readonly attack?: Attack;
  /** Attackers among the eight; trainers 0, 3 and 6 by default. */
  readonly attackers?: readonly number[];
  readonly root?: RootKind;
  /** Samples of all trainers together; 4000 by default. */
  readonly trainerSamples?: number;
  /** Batches behind r; 32 by default, 2 to 3 times the median trainer's. */
  readonly referenceSteps?: number;
  /** Factor on the task's learning rate. */
  readonly rateFactor?: number;
  /** False applies a round however few were accepted. */
  readonly hasQuorum?: boolean;
  /** Rejects updates whose cos^2 towards p is above this, instead of the rule's cut; pay keeps its novelty. */
  readonly staleCut?: number;
  /** The first trainer brings its data as so many identities. */
  readonly splits?: number;
  /** Base weights: by data, as a stake would be, or the same for all. */
  readonly baseWeight?: "size" | "equal";
  /** False trains with plain FedAvg instead of the rule. */
  readonly isRuleApplied?: boolean;
}

/** One round of it. Index 0 of lists is the first trainer. */
export interface FederationRound {
  /** Parameters before the round. */
  readonly parameters: Parameters;
  readonly updates: readonly Int16Array[];
  readonly gram: GramMatrix;
  readonly terms: RoundTerms;
  readonly outcome: RoundRuleOutcome;
}

/** What came of it. */
export interface Federation {
  readonly rounds: readonly FederationRound[];
  readonly testAccuracy: number;
  /** Trainers that attack. */
  readonly attackers: readonly number[];
  /** Identities of the first owner. */
  readonly identities: readonly number[];
  /** Samples that neither trainers nor owner hold, for the exact value of an update. */
  readonly validation: Int32Array;
}

const TRAINERS = 8;
const SLOTS = 16;
const FRACTION_BITS = 12;
const WEIGHT_TOTAL = 1024;
/** Consecutive parts of a seeded order of all samples. */
const SPLIT = { trainers: 4000, root: 200, pay: 500, validation: 500, test: 2000 };
const REFERENCE_STEPS = 32;

interface Data {
  readonly parts: readonly Int32Array[];
  readonly root: Int32Array;
  readonly pay: Int32Array;
  readonly validation: Int32Array;
  readonly test: Int32Array;
}

function dividedData(options: FederationOptions): Data {
  const { task, plan, seed, splits = 1 } = options;
  const name = `rules/${task.name}/${plan}/${seed}`;
  const order = shuffledIndices(task.samples.labels.length, seededRandom(`${name}/order`));
  let from = 0;
  const take = (count: number) => {
    from += count;
    return order.subarray(from - count, from);
  };
  const held = take(options.trainerSamples ?? SPLIT.trainers);
  const normal = normalRandom(seededRandom(`${name}/sizes`));
  const parts = partitionIndices({
    labels: held.map((index) => task.samples.labels[index] as number),
    classes: task.samples.classes,
    parts: TRAINERS,
    plan: plan === "iid" ? { kind: "iid" } : { kind: "dirichlet", alpha: 0.5 },
    seed: name,
    sizes: Array.from({ length: TRAINERS }, () => Math.exp(0.6 * normal())),
  }).map((part) => part.map((at) => held[at] as number));
  const first = parts[0] as Int32Array;
  const mixed = shuffledIndices(first.length, seededRandom(`${name}/split`));
  const identities = Array.from({ length: splits }, (_, k) =>
    Int32Array.from(
      [...mixed].filter((_, n) => n % splits === k),
      (at) => first[at] as number,
    ),
  );
  return {
    parts: [...identities, ...parts.slice(1)],
    root: take(SPLIT.root),
    pay: take(SPLIT.pay),
    validation: take(SPLIT.validation),
    test: take(SPLIT.test),
  };
}

function rootOf(
  options: FederationOptions,
  root: Int32Array,
): { indices: Int32Array; labelling: Labelling } {
  const { labels, classes } = options.task.samples;
  const kind = options.root ?? "clean";
  const honest: Labelling = (label) => label;
  if (kind === "clean") return { indices: root, labelling: honest };
  if (kind === "half of the classes") {
    const indices = root.filter((index) => 2 * (labels[index] as number) < classes);
    return { indices, labelling: honest };
  }
  const part = kind === "20 % random labels" ? 0.2 : 0.5;
  const random = seededRandom(`rules/labels/${options.seed}`);
  return {
    indices: root,
    labelling: (label) => (random() < part ? Math.floor(random() * classes) : label),
  };
}

/** Integers of an update at the scale of the round, with stochastic rounding and no dither. */
function integers(values: Parameters, seed: string): Int16Array {
  return quantiseUpdate({
    values,
    fractionBits: FRACTION_BITS,
    ditherBits: 0,
    randomBytes: seededBytes(seed),
  }).entries;
}

interface RoundState {
  readonly options: FederationOptions;
  readonly data: Data;
  readonly attackers: readonly number[];
  readonly parameters: Parameters;
  readonly last: Int32Array | null;
  readonly roundIndex: number;
}

function makeUpdates(state: RoundState): { r: Int16Array; g: Int16Array; updates: Int16Array[] } {
  const { options, data, parameters, last, roundIndex } = state;
  const { samples } = options.task;
  const learningRate = options.task.learningRate * (options.rateFactor ?? 1);
  const name = `rules/${options.task.name}/${options.plan}/${options.seed}/${roundIndex}`;
  const attack = options.attack ?? HONEST;
  const honest: Labelling = (label) => label;
  const base = { parameters, samples, learningRate };
  const root = rootOf(options, data.root);
  const reference = localUpdate({
    ...base,
    ...root,
    steps: options.referenceSteps ?? REFERENCE_STEPS,
    random: seededRandom(`${name}/r`),
  });
  const gradient = descentDirection(parameters, samples, { indices: data.pay, labelling: honest });
  const ratio = norm(reference) / norm(gradient);
  const payGradient = gradient.map((value) => value * ratio);
  const honestUpdates = data.parts.map((indices, trainer) => {
    const isAttacker = state.attackers.includes(trainer);
    const labelling = isAttacker && attack.labelling ? attack.labelling(samples.classes) : honest;
    return localUpdate({ ...base, indices, labelling, random: seededRandom(`${name}/${trainer}`) });
  });
  const peer = honestUpdates.findIndex((_, trainer) => !state.attackers.includes(trainer));
  const lastAggregate =
    last && Float64Array.from(last, (entry) => entry / WEIGHT_TOTAL / 2 ** FRACTION_BITS);
  const updates = honestUpdates.map((own, trainer) => {
    const random = seededRandom(`${name}/${trainer}/attack`);
    const view = {
      own,
      reference,
      payGradient,
      lastAggregate,
      peer: honestUpdates[peer] as Parameters,
      random,
    };
    const isChanged = attack.change && state.attackers.includes(trainer);
    return integers(isChanged ? (attack.change?.(view) ?? own) : own, `${name}/${trainer}/q`);
  });
  return {
    r: integers(reference, `${name}/r/q`),
    g: integers(payGradient, `${name}/g/q`),
    updates,
  };
}

/** cos^2 of a trainer's update towards the last aggregate; 0 when it points away or there is none. */
export function squaredCosine(gram: GramMatrix, trainer: number): number {
  const along = Number(gram[2]?.[trainer + 3]);
  const product = Number(gram[2]?.[2]) * Number(gram[trainer + 3]?.[trainer + 3]);
  return along > 0 && product > 0 ? (along * along) / product : 0;
}

/** The outcome under another cut: the rule without p, then the cut, then quorum, weights and pay as in the rule. */
function decideWithCut(gram: GramMatrix, terms: RoundTerms, cut: number): RoundRuleOutcome {
  const without = gram.map((row, i) => row.map((entry, j) => (i === 2 || j === 2 ? 0n : entry)));
  const outcome = trustRule.evaluate({
    gram: without,
    terms: { ...terms, active: terms.active.with(2, false) },
  });
  const verdicts = outcome.verdicts.map((verdict, trainer) =>
    verdict === "accepted" && squaredCosine(gram, trainer) > cut ? "stale-copy" : verdict,
  );
  const rawWeights = outcome.hints.rawWeights.map((raw, trainer) =>
    verdicts[trainer] === "accepted" ? raw : 0n,
  );
  return { ...outcome, verdicts, hints: { ...outcome.hints, rawWeights } };
}

/** The rule's outcome, with the parts that an experiment changes. */
function decide(options: FederationOptions, gram: GramMatrix, terms: RoundTerms): RoundRuleOutcome {
  const { hasQuorum = true, staleCut } = options;
  const outcome =
    staleCut === undefined
      ? trustRule.evaluate({ gram, terms })
      : decideWithCut(gram, terms, staleCut);
  const accepted = outcome.verdicts.filter((verdict) => verdict === "accepted").length;
  const isMissed = hasQuorum && 2 * accepted < activeTrainerCount(terms);
  const { rawWeights } = outcome.hints;
  const weights = isMissed ? rawWeights.map(() => 0) : weightsFromRaw(rawWeights);
  const { shares, ...hints } = contributionShares({ gram, terms }, weights);
  const isVoid = weights.every((weight) => weight === 0);
  return { ...outcome, weights, shares, isVoid, hints: { ...outcome.hints, ...hints } };
}

function playRound(state: RoundState): { round: FederationRound; aggregate: Int32Array } {
  const { options, data, parameters, last } = state;
  const { r, g, updates } = makeUpdates(state);
  const empty = new Array<null>(SLOTS - 3 - updates.length).fill(null);
  const slots = [r, g, last, ...updates, ...empty];
  const largest = Math.max(...data.parts.map((part) => part.length));
  const baseWeights = data.parts.map((part) =>
    options.baseWeight === "equal" ? 1023 : Math.max(1, Math.round((1023 * part.length) / largest)),
  );
  const terms: RoundTerms = {
    slotCount: SLOTS,
    active: slots.map((slot) => slot !== null),
    normBoundSquared: (1n << 54n) - 1n,
    parameterA: 0,
    parameterB: 0,
    baseWeights: [...baseWeights, ...empty.map(() => 0)],
  };
  const gram = gramMatrix(slots);
  const outcome = decide(options, gram, terms);
  const sizes = data.parts.map((part) => BigInt(part.length));
  const weights =
    options.isRuleApplied === false
      ? weightsFromRaw(sizes)
      : outcome.weights.slice(0, updates.length);
  const aggregate = aggregateUpdates({ updates, weights, parameterCount: parameters.length });
  return { round: { parameters, updates, gram, terms, outcome }, aggregate };
}

/** Runs a federated training with the market's own rule functions. The same options give the same numbers. */
export function runFederation(options: FederationOptions): Federation {
  const data = dividedData(options);
  const splits = options.splits ?? 1;
  const attackers = (options.attackers ?? [0, 3, 6]).map((trainer) =>
    trainer === 0 ? 0 : trainer + splits - 1,
  );
  let parameters: Parameters = new Float64Array(parameterCount(options.task.samples));
  let last: Int32Array | null = null;
  const rounds: FederationRound[] = [];
  for (let roundIndex = 0; roundIndex < options.rounds; roundIndex++) {
    const { round, aggregate } = playRound({
      options,
      data,
      attackers,
      parameters,
      last,
      roundIndex,
    });
    rounds.push(round);
    if (aggregate.every((entry) => entry === 0)) continue;
    last = aggregate;
    parameters = parameters.map(
      (value, j) => value + (aggregate[j] as number) / WEIGHT_TOTAL / 2 ** FRACTION_BITS,
    );
  }
  return {
    rounds,
    testAccuracy: accuracy(parameters, options.task.samples, data.test),
    attackers,
    identities: Array.from({ length: splits }, (_, k) => k),
    validation: data.validation,
  };
}
