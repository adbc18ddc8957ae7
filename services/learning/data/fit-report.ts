import type { Manifest } from "../../protocol/manifest/manifest.ts";
import { percentText } from "../../protocol/percent-text.ts";
import { countValues } from "../count-values.ts";
import { countClasses, type ModelSpec } from "../model-spec.ts";
import { nameSome } from "../name-some.ts";
import type { Dataset } from "./dataset.ts";
import { type LabelRelation, measureLabelRelation } from "./label-relation.ts";
import { countLabels } from "./partition.ts";
import { isOtherOrder, shapeMismatch } from "./reshape-to-model.ts";

/** Something about a trainer's data that may stop or spoil training. */
export interface FitFinding {
  /** `blocking`: training would fail. */
  readonly severity: "blocking" | "warning";
  readonly message: string;
}

/** What a trainer's data look like, and whether they fit a project. Computed and shown on the trainer's machine only. */
export interface FitReport {
  readonly isFit: boolean;
  readonly findings: readonly FitFinding[];
  readonly samples: number;
  readonly inputShape: readonly number[];
  /** Samples of each class. */
  readonly classCounts: readonly number[];
  /** Over the samples looked at. */
  readonly range: {
    readonly min: number;
    readonly max: number;
    readonly mean: number;
    readonly deviation: number;
  };
  readonly constantFeatures: number;
  readonly samplesLookedAt: number;
}

const LOOKED_AT = 2000;
/** Beyond this, plain SGD at usual learning rates diverges. */
const LARGEST_SCALED = 20;
/** Below this, what is told of classes by values is what chance comes to: of a hundred unrelated tables about five lie above. */
export const LEAST_DEVIATIONS = 2.5;
/** Constant features that images have at their border are no news. */
const CONSTANT_SHARE = 0.5;

interface Statistics {
  readonly range: FitReport["range"];
  readonly constantFeatures: number;
  readonly samplesLookedAt: number;
  readonly notFinite: number;
}

/** What it means that classes have nothing to do with values, and where to look. */
export function unrelatedText({ told, chance, samples }: LabelRelation): string {
  return `The classes look unrelated to the values: of ${samples} samples, the others tell ${percentText(told, 0)} of the classes, and chance ${percentText(chance, 0)}. Look whether it is the right column, and whether rows of labels and values belong together.`;
}

async function lookAt(dataset: Dataset): Promise<Statistics> {
  const step = Math.max(1, Math.floor(dataset.size / LOOKED_AT));
  const indices = Array.from({ length: Math.min(LOOKED_AT, dataset.size) }, (_, i) => i * step);
  const { inputs } = await dataset.readBatch(indices);
  const features = inputs.length / Math.max(1, indices.length);
  let [min, max, sum, squares, notFinite] = [
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    0,
    0,
    0,
  ];
  const isConstant = new Uint8Array(features).fill(1);
  inputs.forEach((value, i) => {
    if (!Number.isFinite(value)) {
      notFinite += 1;
      return;
    }
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    squares += value * value;
    if (value !== inputs[i % features]) isConstant[i % features] = 0;
  });
  const count = Math.max(1, inputs.length - notFinite);
  const mean = sum / count;
  const deviation = Math.sqrt(Math.max(0, squares / count - mean * mean));
  const constantFeatures = isConstant.reduce((all, flag) => all + flag, 0);
  return {
    range: { min, max, mean, deviation },
    constantFeatures,
    samplesLookedAt: indices.length,
    notFinite,
  };
}

/**
 * Compares data with a project's model: shapes, classes, ranges, and what looks suspicious (constant columns, unscaled
 * features, missing classes).
 *
 * @param dataset Samples as the project takes them, normalised if it does that.
 * @param data What the project calls its classes, for which their numbers stand otherwise, and whether it normalises samples: then nobody
 *   should scale them besides.
 */
export async function fitReport(
  dataset: Dataset,
  model: ModelSpec,
  {
    classes: classNames = [],
    normalisation,
  }: Pick<Manifest["data"], "classes" | "normalisation"> = {},
): Promise<FitReport> {
  const findings: FitFinding[] = [];
  const blocking = (message: string) => findings.push({ severity: "blocking", message });
  const warning = (message: string) => findings.push({ severity: "warning", message });
  if (model.kind === "layers") {
    if (model.inputShape.join() !== dataset.inputShape.join()) {
      const isOther = isOtherOrder(dataset.inputShape, model.inputShape);
      const isFlat = countValues(model.inputShape) === countValues(dataset.inputShape) && !isOther;
      (isFlat ? warning : blocking)(`S${shapeMismatch(dataset, model.inputShape).slice(1)}.`);
    }
    const classes = countClasses(model);
    if (dataset.classes > classes) {
      blocking(`The data have ${dataset.classes} classes, the model ${classes}.`);
    }
  }
  const classCounts = await countLabels(dataset);
  const missing = classCounts.flatMap((count, k) => (count === 0 ? [classNames[k] ?? k] : []));
  if (missing.length > 0) warning(`No samples of class ${nameSome(missing.map(String))}.`);
  if (dataset.size < 10 * dataset.classes) {
    warning(`${dataset.size} samples for ${dataset.classes} classes are few.`);
  }
  const looked = await lookAt(dataset);
  if (looked.notFinite > 0) blocking(`${looked.notFinite} values are infinite or not numbers.`);
  const { range, constantFeatures } = looked;
  const largest = Math.max(Math.abs(range.min), Math.abs(range.max));
  if (largest > LARGEST_SCALED) {
    warning(
      normalisation
        ? `Values reach ${largest.toPrecision(3)} as the project normalises them: look for a slip or another unit; a column of a very wide range has such values anyway.`
        : `Values reach ${largest.toPrecision(3)}: scale the features to about -1..1.`,
    );
  }
  const features = countValues(dataset.inputShape);
  if (constantFeatures > CONSTANT_SHARE * features) {
    warning(`${constantFeatures} of ${features} features never change.`);
  }
  const relation = await measureLabelRelation(dataset);
  if (relation !== undefined && relation.deviations < LEAST_DEVIATIONS) {
    warning(unrelatedText(relation));
  }
  return {
    isFit: !findings.some(({ severity }) => severity === "blocking"),
    findings,
    samples: dataset.size,
    inputShape: dataset.inputShape,
    classCounts,
    range,
    constantFeatures,
    samplesLookedAt: looked.samplesLookedAt,
  };
}
