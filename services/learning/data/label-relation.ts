import { countValues } from "../count-values.ts";
import type { Dataset } from "./dataset.ts";

/** How well a sample's class can be told from other samples, against what guessing would come to. */
export interface LabelRelation {
  /** Part of the samples whose class was told rightly, or the mean of that part over the classes: by what shows the relation best. */
  readonly told: number;
  /** What the same answers would come to if classes had nothing to do with values. */
  readonly chance: number;
  /** How many standard deviations `told` lies above `chance`. */
  readonly deviations: number;
  readonly samples: number;
}

/** Fewer samples cannot tell chance from a weak relation. */
const LEAST_SAMPLES = 60;
const MOST_SAMPLES = 600;
/** Multiplications that comparing all pairs may take: a second or so. */
const MOST_WORK = 4e8;

/** Each feature brought to deviation 1, so that none drowns the others; constant ones are left at 0. */
function standardised(inputs: Float32Array, features: number): Float32Array {
  const count = inputs.length / features;
  const scaled = new Float32Array(inputs.length);
  for (let j = 0; j < features; j++) {
    let [sum, squares] = [0, 0];
    for (let i = 0; i < count; i++) {
      const value = inputs[i * features + j] as number;
      sum += value;
      squares += value * value;
    }
    const mean = sum / count;
    const deviation = Math.sqrt(Math.max(0, squares / count - mean * mean));
    if (deviation < 1e-6) continue;
    for (let i = 0; i < count; i++) {
      scaled[i * features + j] = ((inputs[i * features + j] as number) - mean) / deviation;
    }
  }
  return scaled;
}

function distance(a: Float32Array, from: number, b: ArrayLike<number>, to: number, width: number) {
  let sum = 0;
  for (let j = 0; j < width; j++) {
    const gap = (a[from + j] as number) - (b[to + j] as number);
    sum += gap * gap;
  }
  return sum;
}

/** The class of each sample's nearest other sample: sees any shape, but weak signals of many features badly. */
function nearestNeighbours(values: Float32Array, labels: Int32Array, width: number): number[] {
  return Array.from(labels, (_, i) => {
    let [least, found] = [Number.POSITIVE_INFINITY, -1];
    labels.forEach((label, k) => {
      if (k === i) return;
      const far = distance(values, i * width, values, k * width, width);
      if (far < least) [least, found] = [far, label];
    });
    return found;
  });
}

/** The class whose mean is nearest, each sample left out of its own: sees weak signals of many features, but no shapes. */
function nearestMeans(
  values: Float32Array,
  labels: Int32Array,
  parts: { readonly width: number; readonly classes: number },
): number[] {
  const { width, classes } = parts;
  const counts = new Int32Array(classes);
  const sums = new Float64Array(classes * width);
  labels.forEach((label, i) => {
    counts[label] = (counts[label] as number) + 1;
    for (let j = 0; j < width; j++) {
      const at = label * width + j;
      sums[at] = (sums[at] as number) + (values[i * width + j] as number);
    }
  });
  const mean = new Float64Array(width);
  return Array.from(labels, (own, i) => {
    let [least, found] = [Number.POSITIVE_INFINITY, -1];
    for (let k = 0; k < classes; k++) {
      const isOwn = k === own;
      const others = (counts[k] as number) - (isOwn ? 1 : 0);
      if (others === 0) continue;
      for (let j = 0; j < width; j++) {
        const without = isOwn ? (values[i * width + j] as number) : 0;
        mean[j] = ((sums[k * width + j] as number) - without) / others;
      }
      const far = distance(values, i * width, mean, 0, width);
      if (far < least) [least, found] = [far, k];
    }
    return found;
  });
}

const share = (values: ArrayLike<number>, k: number) =>
  Array.from(values).filter((value) => value === k).length / values.length;

/** Answers counted over the samples, against answers as frequent that know nothing of them. */
function overSamples(labels: Int32Array, answers: readonly number[], classes: number) {
  const told = answers.filter((answer, i) => answer === labels[i]).length / labels.length;
  const each = Array.from({ length: classes }, (_, k) => share(labels, k) * share(answers, k));
  const chance = each.reduce((sum, part) => sum + part, 0);
  const deviation = Math.sqrt((chance * (1 - chance)) / labels.length);
  return { told, chance, deviations: deviation === 0 ? 0 : (told - chance) / deviation };
}

/** The same with all classes equally heavy: where one has nearly all samples, what is told of the others is lost in that. */
function overClasses(labels: Int32Array, answers: readonly number[]) {
  const present = [...new Set(labels)];
  let [told, chance, variance] = [0, 0, 0];
  for (const k of present) {
    const answersOfClass = answers.filter((_, i) => labels[i] === k);
    const answered = share(answers, k);
    told += share(answersOfClass, k) / present.length;
    chance += answered / present.length;
    variance += (answered * (1 - answered)) / answersOfClass.length / present.length ** 2;
  }
  const deviation = Math.sqrt(variance);
  return { told, chance, deviations: deviation === 0 ? 0 : (told - chance) / deviation };
}

/** Positions of at most so many samples, spread over the data: as many of each class as there are, rare ones before common ones. */
function spreadOverClasses(labels: Int32Array, classes: number, most: number): number[] {
  const pools = Array.from({ length: classes }, () => [] as number[]);
  labels.forEach((label, i) => {
    pools[label]?.push(i);
  });
  const chosen: number[] = [];
  pools
    .filter((pool) => pool.length > 0)
    .sort((one, other) => one.length - other.length)
    .forEach((pool, k, sorted) => {
      const taken = Math.min(pool.length, Math.floor((most - chosen.length) / (sorted.length - k)));
      for (let i = 0; i < taken; i++) {
        chosen.push(pool[Math.floor((i * pool.length) / taken)] as number);
      }
    });
  return chosen.sort((one, other) => one - other);
}

/**
 * Looks whether classes have anything to do with values: can a sample's class be told from the other samples better than by guessing?
 * Two ways are tried, and the better one counts, so that neither odd shapes nor weak signals of many features look like nothing.
 *
 * @returns undefined where too few samples, or a single class, could not tell.
 */
export async function measureLabelRelation(dataset: Dataset): Promise<LabelRelation | undefined> {
  const width = countValues(dataset.inputShape);
  const most = Math.min(MOST_SAMPLES, Math.floor(Math.sqrt(MOST_WORK / width)), dataset.size);
  if (most < LEAST_SAMPLES) return undefined;
  const { classes } = dataset;
  const indices = spreadOverClasses(await dataset.readLabels(), classes, most);
  const { inputs, labels } = await dataset.readBatch(indices);
  if (new Set(labels).size < 2 || !inputs.every(Number.isFinite)) return undefined;
  const values = standardised(inputs, width);
  const means = nearestMeans(values, labels, { width, classes });
  const found = [
    overSamples(labels, nearestNeighbours(values, labels, width), classes),
    overSamples(labels, means, classes),
    // Of means only: the nearest neighbour of anything is hardly ever of a rare class.
    overClasses(labels, means),
  ];
  const [best] = found.sort((one, other) => other.deviations - one.deviations);
  return { ...(best as (typeof found)[number]), samples: labels.length };
}
