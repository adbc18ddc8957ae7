import { type Dataset, subsetDataset } from "../../services/learning/data/dataset.ts";
import { type PartitionPlan, partitionIndices } from "../../services/learning/data/partition.ts";
import {
  type LayeredModelSpec,
  logisticRegression,
  multilayerPerceptron,
} from "../../services/learning/model-spec.ts";
import { normalRandom, seededRandom, shuffledIndices } from "../../services/learning/random.ts";
import type { DecideRound } from "../../services/learning/rehearsal/decide-round.ts";
import {
  type SimulatedRound,
  simulateRounds,
} from "../../services/learning/rehearsal/simulate-rounds.ts";

/** A task, and how its samples are spread over the trainers. */
export interface Scenario {
  readonly name: string;
  readonly model: LayeredModelSpec;
  readonly samples: number;
  readonly rounds: number;
  readonly plan: PartitionPlan;
  /** How many of the asked seeds run at most: our default rule and contributions matter most, slow tasks run fewer. */
  readonly mostSeeds: {
    readonly trust: number;
    readonly others: number;
    readonly contributions: number;
  };
  /** Rules that are compared; all without. */
  readonly rules?: readonly string[];
  /** Attacks on the default rule; all without. */
  readonly attacks?: readonly string[];
}

/** Attacks on all other rules: enough to see where each of them breaks. */
export const COMPARED_ATTACKS: readonly string[] = [
  "none",
  "sign-flip",
  "little-is-enough",
  "label-flip",
  "scaling",
  "backdoor",
  "min-max",
  "aligned-harm",
];

/** Samples of the larger pay set that contributions are also computed with. */
export const LARGE_PAY_SAMPLES = 2000;

/** Those of the design-time simulation, the backdoor, and what was published or thought of against such rules since. */
const MOST_ATTACKS = [
  "none",
  "sign-flip",
  "noise",
  "free-rider",
  "copycat",
  "earlier-update",
  "stale-replay",
  "stale-replay-noisy",
  "little-is-enough",
  "little-is-enough-mild",
  "inner-product",
  "inner-product-strong",
  "leaked-reference",
  "label-flip",
  "scaling",
  "sybil-duplicates",
  "targeted-flip",
  "backdoor",
  "inflated",
  "now-and-then",
  "min-max",
  "min-sum",
  "aligned-harm",
];

const lr = logisticRegression({ features: 784, classes: 10 });
const mlp = multilayerPerceptron({ features: 784, hidden: [64], classes: 10, seed: "robustness" });
const dirichlet: PartitionPlan = { kind: "dirichlet", alpha: 0.5 };

export const SCENARIOS: readonly Scenario[] = [
  {
    name: "lr, Dirichlet 0.5",
    model: lr,
    samples: 4000,
    rounds: 15,
    plan: dirichlet,
    mostSeeds: { trust: 2, others: 1, contributions: 3 },
  },
  {
    name: "lr, IID",
    model: lr,
    samples: 4000,
    rounds: 15,
    plan: { kind: "iid" },
    mostSeeds: { trust: 1, others: 1, contributions: 2 },
    rules: ["trust", "multi-krum", "FedAvg"],
    attacks: MOST_ATTACKS,
  },
  {
    name: "MLP, Dirichlet 0.5",
    model: mlp,
    samples: 3000,
    rounds: 12,
    plan: dirichlet,
    mostSeeds: { trust: 1, others: 1, contributions: 1 },
    rules: ["trust", "multi-krum", "FedAvg"],
    attacks: MOST_ATTACKS,
  },
];

/** Trainers, and how many of them attack. */
export const TRAINERS = 8;
export const ATTACKERS = 3;
export const REFERENCE_STEPS = 32;
/** Fixed point of `rules.md`: units of 2^-12, no dither. */
const FRACTION_BITS = 12;

/** Sets of one seed, all disjoint. */
export interface ScenarioSets {
  readonly root: Dataset;
  readonly pay: Dataset;
  /** Four times as many, to see what more of them are worth. */
  readonly largePay: Dataset;
  /** What contributions are compared on besides the pay set. */
  readonly other: Dataset;
  readonly parts: readonly Dataset[];
  readonly baseWeights: readonly number[];
}

/** Divides MNIST for a scenario: part sizes lognormal(0.6), base weights by size. */
export async function scenarioSets(
  training: Dataset,
  scenario: Scenario,
  seed: string,
): Promise<ScenarioSets> {
  const random = seededRandom(`robustness/${scenario.name}/${seed}`);
  const order = shuffledIndices(training.size, random);
  let from = 0;
  const take = (count: number) => {
    from += count;
    return subsetDataset(training, order.subarray(from - count, from));
  };
  const [root, pay, other, pool] = [take(200), take(500), take(1000), take(scenario.samples)];
  const largePay = take(LARGE_PAY_SAMPLES);
  const normal = normalRandom(random);
  const parts = partitionIndices({
    labels: await pool.readLabels(),
    classes: 10,
    parts: TRAINERS,
    plan: scenario.plan,
    seed,
    sizes: Array.from({ length: TRAINERS }, () => Math.exp(0.6 * normal())),
  }).map((part) => subsetDataset(pool, part));
  const baseWeights = parts.map(({ size }) =>
    Math.min(1023, Math.max(1, Math.round((1024 * size) / scenario.samples))),
  );
  return { root, pay, largePay, other, parts, baseWeights };
}

/** Trains under an attack; the last three trainers are the attackers. */
export function runScenario(run: {
  readonly scenario: Scenario;
  readonly sets: ScenarioSets;
  readonly attack: string | null;
  readonly decide: DecideRound;
  readonly seed: string;
}): AsyncGenerator<SimulatedRound> {
  const { scenario, sets, attack } = run;
  return simulateRounds({
    model: scenario.model,
    hyperparameters: { optimiser: "sgd", learningRate: 0.1, batchSize: 32, epochs: 1 },
    fractionBits: FRACTION_BITS,
    trainers: sets.parts.map((dataset, i) => ({
      dataset,
      baseWeight: sets.baseWeights[i] as number,
      attack: attack !== null && i >= TRAINERS - ATTACKERS ? attack : undefined,
    })),
    rootSet: sets.root,
    paySet: sets.pay,
    referenceSteps: REFERENCE_STEPS,
    decide: run.decide,
    rounds: scenario.rounds,
    seed: run.seed,
  });
}
