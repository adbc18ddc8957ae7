import { countValues } from "../../learning/count-values.ts";
import {
  convolutionalNetwork,
  logisticRegression,
  multilayerPerceptron,
} from "../../learning/model-spec.ts";
import type { ProjectCalibration } from "../../learning/training/calibrate-project.ts";
import { referenceStepsFor } from "../../learning/training/reference-steps.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { type Manifest, parseManifest } from "../../protocol/manifest/manifest.ts";
import { roundRuleById } from "../../protocol/rule/round-rules.ts";
import { SLOT_COUNTS, trainerCount } from "../../protocol/rule/round-terms.ts";
import { ownerErrors } from "../errors.ts";
import type { SetSizes } from "./draw-sets.ts";
import type { DataSummary } from "./inspect-data.ts";
import type { ProjectAnswers } from "./project-questions.ts";

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
/** Passes over a trainer's samples in a round. */
export const PASSES = 2;

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

/** Numbers that a layer without structure takes; manifests say no more. */
const MOST_FEATURES = 65_536;

/** The model of the manifest, from its name. @throws CW4024 for samples that it cannot take */
export function modelFor(
  answers: Pick<ProjectAnswers, "model" | "title">,
  summary: { readonly data: Manifest["data"]; readonly dataset?: { readonly classes: number } },
): Manifest["model"] {
  const { inputShape } = summary.data;
  const features = countValues(inputShape);
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
  if (features > MOST_FEATURES) {
    throw new CommonweightError(
      ownerErrors.modelUnfit,
      `${answers.model} for samples of ${features} numbers, of at most ${MOST_FEATURES}`,
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
