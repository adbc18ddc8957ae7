import type { ProjectCalibration } from "../learning/calibrate-project.ts";
import {
  convolutionalNetwork,
  countParameters,
  logisticRegression,
  multilayerPerceptron,
} from "../learning/model-spec.ts";
import { referenceStepsFor } from "../learning/reference-steps.ts";
import { exactDuration } from "../protocol/duration-text.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { type Manifest, parseManifest } from "../protocol/manifest.ts";
import { roundRuleById } from "../protocol/round-rules.ts";
import { SLOT_COUNTS, trainerCount } from "../protocol/round-terms.ts";
import { amountText, NATIVE_COIN } from "../protocol/token-amount.ts";
import type { SetSizes } from "./draw-sets.ts";
import { ownerErrors } from "./errors.ts";
import type { DataSummary } from "./inspect-data.ts";
import type { ProjectAnswers } from "./project-questions.ts";

/** A decision, in words, for the owner's own file of reasons. */
export interface Choice {
  readonly setting: string;
  readonly value: string;
  readonly why: string;
}

/** The terms as they are written: amounts in wei as text. */
export type TermsJson = Readonly<Record<string, unknown>>;

/** Seconds of the phases, by how quickly the people around a project answer. */
export const PACES = {
  minutes: {
    // The first round opens as soon as enough trainers have joined, so a long phase costs nobody time.
    joinSeconds: 600,
    openSeconds: 120,
    commitSeconds: 240,
    revealSeconds: 60,
    settleSeconds: 180,
  },
  hours: {
    joinSeconds: 86_400,
    openSeconds: 3600,
    commitSeconds: 21_600,
    revealSeconds: 3600,
    settleSeconds: 7200,
  },
  days: {
    joinSeconds: 604_800,
    openSeconds: 43_200,
    commitSeconds: 259_200,
    revealSeconds: 43_200,
    settleSeconds: 86_400,
  },
} as const;

const BATCH_SIZE = 32;
const PASSES = 2;

/** Slots that the expected trainers fit into. @throws CW4021 for more than 29. */
export function slotsFor(trainers: number): number {
  const slots = SLOT_COUNTS.find((count) => trainerCount(count) >= trainers);
  if (slots !== undefined) return slots;
  throw new CommonweightError(
    ownerErrors.ruleCannotWork,
    `${trainers} trainers in a round: the largest circuit has room for ${trainerCount(32)}`,
  );
}

/**
 * What aggregators must do before they can prove rounds of a rule and size.
 *
 * @returns One sentence; undefined for the keys that come with the repository.
 */
export function keyToMake(rule: ProjectAnswers["rule"], slots: number): [string] | undefined {
  if (rule === "trust" && slots <= 16) return undefined;
  const command = `npm run circuits -- ${rule}-${slots}`;
  return [
    `Its proving key does not come with the repository: each aggregator makes it once, with \`${command}\`.`,
  ];
}

/** Fewest trainers of a round: half of the expected, so that one who is away does not stop the project; all for multi-Krum. */
export function leastTrainers({
  trainers,
  minTrainers,
  rule,
}: Pick<ProjectAnswers, "trainers" | "minTrainers" | "rule">): number {
  if (minTrainers !== undefined) return minTrainers;
  return rule === "multi-krum" ? trainers : Math.max(3, Math.ceil(trainers / 2));
}

/** The model of the manifest, from its name. */
export function modelFor(
  answers: Pick<ProjectAnswers, "model" | "title">,
  summary: { readonly data: Manifest["data"]; readonly dataset?: { readonly classes: number } },
): Manifest["model"] {
  const { inputShape } = summary.data;
  const features = inputShape.reduce((all, side) => all * side, 1);
  const classes = summary.data.classes?.length ?? summary.dataset?.classes ?? 0;
  const seed = answers.title;
  if (answers.model === "cnn") {
    const [channels = 1, height = 1, width = 1] = imageShape(inputShape);
    return mutable(
      convolutionalNetwork({
        inputShape: [channels, height, width],
        filters: [8, 16],
        classes,
        seed,
      }),
    );
  }
  if (answers.model === "logistic")
    return mutable({ ...logisticRegression({ features, classes }), inputShape: [features] });
  const hidden = [Math.max(16, Math.min(64, 2 * features))];
  return mutable(multilayerPerceptron({ features, hidden, classes, seed }));
}

/** An image without channels, or a flat square one, as an image of one channel. @throws CW4024 for what is no image. */
function imageShape(shape: readonly number[]): readonly number[] {
  if (shape.length === 3) return shape;
  if (shape.length === 2) return [1, ...shape];
  const side = Math.sqrt(shape[0] as number);
  if (shape.length === 1 && Number.isInteger(side)) return [1, side, side];
  throw new CommonweightError(
    ownerErrors.modelUnfit,
    `a cnn for samples of shape [${shape}], which are no images`,
  );
}

const mutable = (model: unknown) => structuredClone(model) as Manifest["model"];

/** Settings of local training: the same work for everybody, about two passes over the expected data. */
export function trainingFor(
  answers: Pick<ProjectAnswers, "samplesEach">,
  learningRate: number,
): Manifest["training"] {
  const batchSize = Math.min(BATCH_SIZE, Math.max(4, answers.samplesEach));
  const steps = Math.max(1, Math.ceil(answers.samplesEach / batchSize)) * PASSES;
  return { optimiser: "sgd", learningRate, batchSize, epochs: PASSES, steps };
}

/** What `designProject` decides from. */
export interface DesignInput {
  readonly answers: ProjectAnswers;
  readonly summary: DataSummary;
  readonly sizes: SetSizes;
  readonly training: Manifest["training"];
  readonly calibration: ProjectCalibration;
}

/** What `designManifest` decides from: no samples, only what is known of them. */
export interface ManifestInput {
  readonly answers: Pick<ProjectAnswers, "title" | "description" | "model" | "samplesEach">;
  readonly summary: { readonly data: Manifest["data"] };
  readonly sizes: Pick<SetSizes, "root" | "pay">;
  readonly training: Manifest["training"];
  readonly calibration: Pick<ProjectCalibration, "fractionBits" | "ditherBits" | "clipNorm">;
}

/** The manifest of a project. @throws CW1202 when it would break its own schema. */
export function designManifest({
  answers,
  summary,
  sizes,
  training,
  calibration,
}: ManifestInput): Manifest {
  const model = modelFor(answers, summary);
  const { fractionBits, ditherBits } = calibration;
  return parseManifest({
    version: 1,
    title: answers.title,
    description: answers.description,
    model,
    training,
    data: {
      ...summary.data,
      inputShape: model.kind === "layers" ? model.inputShape : summary.data.inputShape,
    },
    fixedPoint: { fractionBits, ditherBits, clipNorm: Number(calibration.clipNorm.toPrecision(3)) },
    privacy: { kind: "none" },
    evaluation: {
      metric: "accuracy",
      referenceSteps: referenceStepsFor(training, answers.samplesEach),
      referenceSamples: sizes.root,
      paySamples: sizes.pay,
    },
  });
}

/** The terms of a project, as `owner post` reads them. @throws CW4021 with the numbers when the rule cannot work. */
export function designTerms({
  answers,
  calibration,
}: Pick<DesignInput, "answers" | "calibration">): TermsJson {
  const slots = slotsFor(answers.trainers);
  const minTrainers = leastTrainers(answers);
  const isKrum = answers.rule === "multi-krum";
  const ruleParameterA = isKrum ? answers.withstand : 0;
  const ruleParameterB = isKrum ? minTrainers - answers.withstand : 0;
  const ruleId = isKrum ? 2 : 1;
  const reason = roundRuleById(ruleId).refuse({
    slotCount: slots,
    minimumTrainers: minTrainers,
    parameterA: ruleParameterA,
    parameterB: ruleParameterB,
  });
  if (reason !== null) throw new CommonweightError(ownerErrors.ruleCannotWork, reason);
  return {
    budgetPerRoundWei: answers.budgetWei.toString(),
    stakeWei: answers.stakeWei.toString(),
    settleFeeWei: (answers.budgetWei / 100n).toString(),
    aggregatorBondWei: (answers.budgetWei / 2n).toString(),
    normBoundSquared: calibration.normBoundSquared.toString(),
    ...PACES[answers.pace],
    rounds: answers.rounds,
    slots,
    ruleId,
    ruleParameterA,
    ruleParameterB,
    minTrainers,
    maxTrainers: trainerCount(slots),
    aggregators: answers.aggregators,
  };
}

/** Why the project is as it is, setting by setting. */
export function explainDesign(input: DesignInput, manifest: Manifest, terms: TermsJson): Choice[] {
  const { answers, summary, sizes, calibration } = input;
  const { training, evaluation, fixedPoint } = manifest;
  const { medianNorm, largestNorm } = calibration;
  const money = (wei: unknown) => amountText(BigInt(String(wei)), NATIVE_COIN);
  const seconds = (value: unknown) => exactDuration(Number(value));
  return [
    {
      setting: "model",
      value: `${answers.model}, ${countParameters(manifest.model)} parameters`,
      why: "Proving a round takes time in proportion to the parameters. Start small: a larger model can start from this one's result.",
    },
    {
      setting: "data.classes",
      value: summary.data.classes?.join(", ") ?? "",
      why: "In the order of the model's outputs; your data have these.",
    },
    ...(summary.data.table
      ? [
          {
            setting: "data.table",
            value: `class in "${summary.data.table.target}", from ${summary.data.table.columns.join(", ")}`,
            why: "Trainers' files need columns of these names, in any order; further columns are ignored.",
          },
        ]
      : []),
    ...summary.dropped.map(({ column, why }) => ({
      setting: "data.table",
      value: `without "${column}"`,
      why,
    })),
    ...(summary.data.normalisation
      ? [
          {
            setting: "data.normalisation",
            value: "means and deviations of your data",
            why: "Models learn from numbers around 0. These means are public; if they are a secret, write others.",
          },
        ]
      : []),
    {
      setting: "training.steps",
      value: `${training.steps} batches of ${training.batchSize}`,
      why: `About ${PASSES} passes over ${answers.samplesEach} samples. Steps, not passes: with equal work, updates are of similar length, and the rule compares lengths.`,
    },
    {
      setting: "training.learningRate",
      value: String(training.learningRate),
      why: "The largest of 0.1, 0.03 and 0.01 with which training on your data did not diverge.",
    },
    {
      setting: "fixedPoint",
      value: `${fixedPoint.fractionBits} fraction bits, ${fixedPoint.ditherBits} dither bits, clip norm ${fixedPoint.clipNorm}`,
      why: `Measured: honest updates on your data have length ${medianNorm.toPrecision(3)} (median), ${largestNorm.toPrecision(3)} (longest). Longer ones than twice that are shortened.`,
    },
    {
      setting: "evaluation.referenceSteps",
      value: String(evaluation.referenceSteps),
      why: "Three times a trainer's steps: a reference that ran on longer shows what trainers got wrong (docs/rules.md 7.1).",
    },
    {
      setting: "root set",
      value: `${sizes.root} samples`,
      why: "Decides who is accepted. Keep it secret: whoever has it can aim at it.",
    },
    {
      setting: "pay set",
      value: `${sizes.pay} samples`,
      why: "Decides who is paid how much. Secret, too, and disjoint from the root set, so that a leak of one does not spoil both.",
    },
    {
      setting: "validation set",
      value: `${sizes.validation} samples`,
      why: "Only reports accuracy; nothing depends on it.",
    },
    {
      setting: "privacy",
      value: "none",
      why: "Updates are read by the aggregators only, but they tell something about the data. For a bound on it set privacy.kind to gaussian (docs/privacy.md says what it costs).",
    },
    {
      setting: "slots",
      value: `${terms.slots}`,
      why: [
        `Three are yours; ${trainerCount(Number(terms.slots))} trainers fit, you expect ${answers.trainers}.`,
        ...(keyToMake(answers.rule, Number(terms.slots)) ?? []),
      ].join(" "),
    },
    {
      setting: "minTrainers",
      value: `${terms.minTrainers}`,
      why: "Fewer do not make a round: with two, the new model would show each what the other sent.",
    },
    {
      setting: "rule",
      value:
        answers.rule === "trust"
          ? "1, trust"
          : `2, multi-Krum: withstands ${terms.ruleParameterA}, selects ${terms.ruleParameterB}`,
      why:
        answers.rule === "trust"
          ? "Judges each update by your own reference, not by the majority. A round in which fewer than half are accepted is void."
          : "Takes the updates that lie closest together; it needs 2f + 3 trainers to withstand f.",
    },
    {
      setting: "budgetPerRoundWei",
      value: money(terms.budgetPerRoundWei),
      why: "Shared by those who helped in a round; what nobody earned moves to the next round.",
    },
    {
      setting: "stakeWei",
      value: money(terms.stakeWei),
      why: "What a trainer locks up and loses only for a fault that is proven: an update beyond the norm bound.",
    },
    {
      setting: "settleFeeWei",
      value: money(terms.settleFeeWei),
      why: "For the aggregator, each round: its gas is about 0.9 million per settlement. Too little, and nobody settles.",
    },
    {
      setting: "aggregatorBondWei",
      value: money(terms.aggregatorBondWei),
      why: "What an aggregator loses when it misses its turn.",
    },
    {
      setting: "phases",
      value: `joining ${seconds(terms.joinSeconds)}, then each round: training ${seconds(terms.commitSeconds)}, keys ${seconds(terms.revealSeconds)}, proof ${seconds(terms.settleSeconds)}`,
      why: "Most time a phase may take; it ends earlier when everybody is done. Longer phases forgive machines that are off at night.",
    },
  ];
}

/** The choices as a text file. */
export function choicesText(title: string, choices: readonly Choice[]): string {
  return [
    `# Why this project is as it is: ${title}`,
    "",
    "Written by `commonweight owner init`. Change manifest.json and terms.json as you like until the project is posted;",
    "nobody can change them afterwards.",
    "",
    ...choices.flatMap(({ setting, value, why }) => [`- **${setting}**: ${value}`, `  ${why}`]),
    "",
  ].join("\n");
}
