import { CommonweightError } from "../../protocol/errors.ts";
import { gramMatrix } from "../../protocol/gram/gram-matrix.ts";
import type { Manifest } from "../../protocol/manifest/manifest.ts";
import { updateValues } from "../../protocol/model/fixed-point.ts";
import {
  FIRST_TRAINER_SLOT,
  NORM_BOUND_LIMIT,
  SLOT_COUNTS,
  trainerCount,
} from "../../protocol/rule/round-terms.ts";
import { gramEntry, survivorVerdict } from "../../protocol/rule/survivors.ts";
import type { Verdict } from "../../protocol/rule/verdicts.ts";
import type { RandomBytes } from "../../protocol/scalar.ts";
import type { Dataset } from "../data/dataset.ts";
import { splitDataset } from "../data/split-dataset.ts";
import { learningErrors } from "../errors.ts";
import { evaluate } from "./evaluate.ts";
import { roundHyperparameters } from "./hyperparameters.ts";
import { prepareUpdate } from "./prepare-update.ts";
import { computeReferences } from "./references.ts";
import { trainLocally } from "./train-locally.ts";
import { difference } from "./vector.ts";

/** What a round with these samples might look like. */
export interface PracticeRound {
  /** 0 to 100: how well the update points where the pay gradient of samples points that it has not seen; 0 when rejected. */
  readonly score: number;
  /** What the market's tests say, with own samples in place of the owner's. */
  readonly verdict: Verdict;
  /** Cosine between update and reference, -1 to 1; above 0 is needed. */
  readonly alignment: number;
  /** Length of the update over that of the reference; 0.089 to 2.83 is needed. */
  readonly relativeLength: number;
  readonly trainedSamples: number;
  readonly heldBackSamples: number;
  /** On the samples held back, before and after the update. */
  readonly loss: { readonly before: number; readonly after: number };
  readonly accuracy: { readonly before: number; readonly after: number };
  /** Part of the update's entries that did not fit into 16 bits. */
  readonly saturatedShare: number;
}

/** Part of the samples that stand in for the owner's root and pay set. */
const HELD_BACK = 0.3;
/** Fewer samples say nothing about a direction. */
export const LEAST_PRACTICE_SAMPLES = 40;

const cosine = (inner: bigint, one: bigint, other: bigint) =>
  one === 0n || other === 0n ? 0 : Number(inner) / Math.sqrt(Number(one) * Number(other));

/**
 * Plays one round on this machine: trains on most of the samples, and judges the update by the market's own tests, with the samples held
 * back in place of the owner's secret ones. The owner's come from other hands, so the market's verdict can differ; a bad score here is a
 * bad sign there.
 *
 * @throws CommonweightError CW3106 for fewer samples than {@link LEAST_PRACTICE_SAMPLES}; otherwise as `trainLocally`.
 */
export async function practiceRound(options: {
  readonly manifest: Manifest;
  /** The model that a round would start from. */
  readonly parameters: Float32Array;
  /** Samples as the model takes them. */
  readonly dataset: Dataset;
  readonly normBoundSquared?: bigint | undefined;
  readonly roundIndex?: number | undefined;
  readonly seed: string;
  readonly randomBytes: RandomBytes;
  readonly signal?: AbortSignal | undefined;
  /** Told how much of the training on own samples is done, 0 to 1; judging it comes after. */
  readonly onTraining?: ((doneShare: number) => void) | undefined;
}): Promise<PracticeRound> {
  const { manifest, parameters, dataset, seed, randomBytes, signal, roundIndex = 0 } = options;
  const { model, fixedPoint, privacy, evaluation } = manifest;
  const { fractionBits, ditherBits, clipNorm } = fixedPoint;
  const half = Math.floor((HELD_BACK / 2) * dataset.size);
  if (dataset.size < LEAST_PRACTICE_SAMPLES) {
    throw new CommonweightError(learningErrors.partitionImpossible, `${dataset.size} samples`);
  }
  const sizes = [half, half, dataset.size - 2 * half];
  const [rootSet, paySet, own] = splitDataset(dataset, sizes, seed) as [Dataset, Dataset, Dataset];
  const common = {
    ...{ model, parameters, seed, roundIndex },
    hyperparameters: roundHyperparameters(manifest.training),
    ...(signal ? { signal } : {}),
  };
  const trained = await trainLocally({
    ...{ ...common, dataset: own },
    onProgress: ({ step, steps }) => options.onTraining?.(step / steps),
  });
  const prepared = prepareUpdate({
    delta: difference(trained.parameters, parameters),
    ...{ fractionBits, ditherBits, clipNorm, randomBytes },
    noise: privacy.kind === "none" ? undefined : privacy,
    normBoundSquared: options.normBoundSquared,
  });
  const { r, g } = await computeReferences({
    ...{ ...common, rootSet, paySet, fractionBits, ditherBits, randomBytes },
    referenceSteps: evaluation.referenceSteps,
  });
  const gram = gramMatrix(slotsOf(r, g as Int16Array, prepared.update));
  const entry = (i: number, j: number) => gramEntry(gram, i, j);
  const slot = FIRST_TRAINER_SLOT;
  const verdict = survivorVerdict({ gram, terms: termsOf(options.normBoundSquared) }, slot);
  const applied = updateValues(prepared.update, fractionBits);
  const [before, after] = await Promise.all(
    [parameters, parameters.map((value, i) => value + (applied[i] as number))].map((values) =>
      evaluate({ model, parameters: values, dataset: paySet, ...(signal ? { signal } : {}) }),
    ),
  );
  const towardsPay = cosine(entry(slot, 1), entry(slot, slot), entry(1, 1));
  return {
    score: verdict === "accepted" ? Math.round(100 * Math.max(0, towardsPay)) : 0,
    verdict,
    alignment: cosine(entry(slot, 0), entry(slot, slot), entry(0, 0)),
    relativeLength: Math.sqrt(Number(entry(slot, slot)) / Number(entry(0, 0))),
    trainedSamples: own.size,
    heldBackSamples: rootSet.size + paySet.size,
    loss: { before: before?.loss ?? Number.NaN, after: after?.loss ?? Number.NaN },
    accuracy: { before: before?.accuracy ?? Number.NaN, after: after?.accuracy ?? Number.NaN },
    saturatedShare: prepared.saturatedEntries / prepared.update.length,
  };
}

const SMALLEST = SLOT_COUNTS[0];
const empty = trainerCount(SMALLEST) - 1;

const slotsOf = (r: Int16Array, g: Int16Array, update: Int16Array) => [
  ...[r, g, null, update],
  ...new Array<null>(empty).fill(null),
];

/** A round of the smallest size with one trainer and no last aggregate. */
function termsOf(normBoundSquared: bigint = NORM_BOUND_LIMIT - 1n) {
  return {
    slotCount: SMALLEST,
    active: [true, true, false, true, ...new Array<boolean>(empty).fill(false)],
    normBoundSquared,
    ...{ parameterA: 0, parameterB: 0 },
    baseWeights: [1, ...new Array<number>(empty).fill(0)],
  };
}
