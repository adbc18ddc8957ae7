import type { ProjectTerms } from "../adapters/chain/projects/project-terms.ts";
import {
  convolutionalNetwork,
  logisticRegression,
  multilayerPerceptron,
} from "../learning/model-spec.ts";
import type { Manifest } from "../protocol/manifest/manifest.ts";

/** The models of the embedded market. */
export const MARKET_MODELS = ["logistic", "mlp", "cnn"] as const;
export type MarketModel = (typeof MARKET_MODELS)[number];

/** What somebody asks of the embedded market. */
export interface MarketOptions {
  readonly rounds: number;
  readonly trainers: number;
  readonly model: MarketModel;
  /** `iid` or `dirichlet:<alpha>`. */
  readonly split: string;
  /** Attacks of the last trainers, one each; empty for an honest market. */
  readonly attackers: readonly string[];
  readonly slots: 8 | 16;
  readonly seed: string;
  /** Samples of all trainers together. */
  readonly samples: number;
  /** A table, or arrays or images, to learn instead of MNIST. */
  readonly dataset?: string | undefined;
  /** Of a table: the column of the class, when neither its name nor its place tells. */
  readonly target?: string | undefined;
  /** Whether one honest trainer is killed in the middle and comes back. */
  readonly hasCrash: boolean;
  /** Terms that differ from the market's own, for rehearsals of special cases. */
  readonly terms?: Partial<ProjectTerms>;
  /** Training settings that differ from the market's own. */
  readonly training?: Partial<Manifest["training"]>;
}

/** The market of `npm start`. */
export const defaultMarketOptions: MarketOptions = {
  rounds: 5,
  trainers: 8,
  model: "mlp",
  split: "dirichlet:0.5",
  attackers: ["sign-flip", "stale-replay"],
  slots: 16,
  seed: "commonweight",
  samples: 8000,
  hasCrash: true,
};

const FRACTION_BITS = 14;
const ETHER = 10n ** 18n;

const models = {
  logistic: () => logisticRegression({ features: 784, classes: 10 }),
  mlp: (seed: string) => multilayerPerceptron({ features: 784, hidden: [64], classes: 10, seed }),
  cnn: (seed: string) =>
    convolutionalNetwork({ inputShape: [1, 28, 28], filters: [8, 16], classes: 10, seed }),
} as const;

/** The manifest of the market's project: MNIST, spread over trainers who keep their digits to themselves. */
export function marketManifest(options: MarketOptions): Manifest {
  const model = models[options.model](options.seed);
  const batchSize = 32;
  const epochs = 2;
  const perTrainer = options.samples / options.trainers;
  const steps = Math.ceil(perTrainer / batchSize) * epochs;
  return {
    version: 1,
    title: "Handwritten digits, learned together",
    description:
      "MNIST, split unevenly between trainers who never show their samples. Two of them do not play fair.",
    model: { ...model, layers: [...model.layers], inputShape: [...model.inputShape] },
    training: {
      optimiser: "sgd",
      learningRate: 0.1,
      batchSize,
      epochs,
      ...options.training,
    },
    data: {
      inputShape: [...model.inputShape],
      classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    },
    fixedPoint: { fractionBits: FRACTION_BITS, ditherBits: 4, clipNorm: 10 },
    privacy: { kind: "none" },
    evaluation: {
      metric: "accuracy",
      referenceSteps: 3 * steps,
      referenceSamples: 200,
      paySamples: 1000,
    },
  };
}

/** What each trainer stakes. */
export const marketStakeWei = ({ terms }: Pick<MarketOptions, "terms">): bigint =>
  terms?.stakeWei ?? ETHER / 10n;

/** The terms of the market's project; windows are short because everybody is on one machine. */
export function marketTerms(
  options: MarketOptions,
  parties: { rewardToken: string; referee: string; aggregators: readonly string[] },
): Omit<ProjectTerms, "parameterCount" | "fractionBits"> {
  const clipUnits = 10n << BigInt(FRACTION_BITS);
  return {
    ...parties,
    budgetPerRoundWei: ETHER,
    stakeWei: marketStakeWei(options),
    fullWeightStakeWei: 0n,
    settleFeeWei: ETHER / 100n,
    // Four times the clip norm: dither and rounding never reach it, only a deliberate boost does.
    normBoundSquared: (4n * clipUnits) ** 2n,
    aggregatorBondWei: ETHER / 2n,
    joinSeconds: 120,
    openSeconds: 120,
    // The phase ends as soon as everybody is in; the time is for a busy machine, and for a trainer that crashed.
    commitSeconds: 240,
    revealSeconds: 60,
    settleSeconds: 180,
    rounds: options.rounds,
    extraRounds: 3,
    slots: options.slots,
    ruleId: 1,
    ruleParameterA: 0,
    ruleParameterB: 0,
    minTrainers: 3,
    maxTrainers: options.slots - 3,
    minReliability: 0,
    flatBps: 1000,
    capBps: 5000,
    baseWeightKind: "equal",
    modelVisibility: "public",
    maxStrikes: 0,
    // Earnings are credited every round; transferring them less often saves gas.
    payEvery: 5,
    usesPayGradient: true,
    ...options.terms,
  };
}
