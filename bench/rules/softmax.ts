import { type RandomSource, shuffledIndices } from "../../services/learning/random.ts";
import type { Samples } from "./samples.ts";

/** Parameters of a softmax regression: one row of weights a class, then one bias a class. */
export type Parameters = Float64Array;

/** Number of parameters. */
export function parameterCount({ features, classes }: Samples): number {
  return (features + 1) * classes;
}

/** The label that a trainer uses for a sample; attackers change it. */
export type Labelling = (label: number) => number;

function scoresOf(
  parameters: Parameters,
  samples: Samples,
  index: number,
  out: Float64Array,
): void {
  const { features, classes, rowStarts, columns, values } = samples;
  const [from, to] = [rowStarts[index] as number, rowStarts[index + 1] as number];
  for (let k = 0; k < classes; k++) {
    let score = parameters[features * classes + k] as number;
    const row = k * features;
    for (let at = from; at < to; at++) {
      score += (parameters[row + (columns[at] as number)] as number) * (values[at] as number);
    }
    out[k] = score;
  }
}

function softmax(scores: Float64Array): void {
  const top = Math.max(...scores);
  let sum = 0;
  for (let k = 0; k < scores.length; k++) {
    const value = Math.exp((scores[k] as number) - top);
    scores[k] = value;
    sum += value;
  }
  for (let k = 0; k < scores.length; k++) scores[k] = (scores[k] as number) / sum;
}

/** The negative gradient of the mean loss over some samples. */
export function descentDirection(
  parameters: Parameters,
  samples: Samples,
  options: { indices: ArrayLike<number>; labelling: Labelling },
): Parameters {
  const { features, classes, rowStarts, columns, values, labels } = samples;
  const direction = new Float64Array(parameters.length);
  const scores = new Float64Array(classes);
  for (let n = 0; n < options.indices.length; n++) {
    const index = options.indices[n] as number;
    scoresOf(parameters, samples, index, scores);
    softmax(scores);
    const label = options.labelling(labels[index] as number);
    for (let k = 0; k < classes; k++) {
      const error = ((k === label ? 1 : 0) - (scores[k] as number)) / options.indices.length;
      const bias = features * classes + k;
      direction[bias] = (direction[bias] as number) + error;
      for (let at = rowStarts[index] as number; at < (rowStarts[index + 1] as number); at++) {
        const place = k * features + (columns[at] as number);
        direction[place] = (direction[place] as number) + error * (values[at] as number);
      }
    }
  }
  return direction;
}

/** Trains a copy with plain SGD in batches of 32 and returns what it changed. */
export function localUpdate(options: {
  readonly parameters: Parameters;
  readonly samples: Samples;
  readonly indices: Int32Array;
  readonly labelling: Labelling;
  readonly learningRate: number;
  /** Batches; one pass over the data without it. */
  readonly steps?: number | undefined;
  readonly random: RandomSource;
}): Parameters {
  const { samples, indices, labelling, learningRate, random } = options;
  const current = options.parameters.slice();
  const perEpoch = Math.max(1, Math.ceil(indices.length / 32));
  const steps = options.steps ?? perEpoch;
  let order = new Int32Array(0);
  for (let step = 0; step < steps; step++) {
    const place = step % perEpoch;
    if (place === 0)
      order = shuffledIndices(indices.length, random).map((i) => indices[i] as number);
    const batch = order.subarray(32 * place, 32 * (place + 1));
    const direction = descentDirection(current, samples, { indices: batch, labelling });
    for (let j = 0; j < current.length; j++) {
      current[j] = (current[j] as number) + learningRate * (direction[j] as number);
    }
  }
  return current.map((value, j) => value - (options.parameters[j] as number));
}

/** Scores of all classes for some samples, sample by sample. Linear in the parameters. */
export function allScores(
  parameters: Parameters,
  samples: Samples,
  indices: ArrayLike<number>,
): Float64Array {
  const { classes } = samples;
  const scores = new Float64Array(indices.length * classes);
  for (let n = 0; n < indices.length; n++) {
    const out = scores.subarray(n * classes, (n + 1) * classes);
    scoresOf(parameters, samples, indices[n] as number, out);
  }
  return scores;
}

/** Mean cross-entropy from scores. */
export function meanLoss(
  scores: Float64Array,
  samples: Samples,
  indices: ArrayLike<number>,
): number {
  const { classes, labels } = samples;
  let loss = 0;
  for (let n = 0; n < indices.length; n++) {
    const row = scores.subarray(n * classes, (n + 1) * classes);
    const top = Math.max(...row);
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += Math.exp((row[k] as number) - top);
    loss += Math.log(sum) + top - (row[labels[indices[n] as number] as number] as number);
  }
  return loss / indices.length;
}

/** Part of samples whose highest score is at their label. */
export function accuracy(
  parameters: Parameters,
  samples: Samples,
  indices: ArrayLike<number>,
): number {
  const { classes, labels } = samples;
  const scores = allScores(parameters, samples, indices);
  let right = 0;
  for (let n = 0; n < indices.length; n++) {
    const row = scores.subarray(n * classes, (n + 1) * classes);
    if (row.indexOf(Math.max(...row)) === labels[indices[n] as number]) right++;
  }
  return right / indices.length;
}
