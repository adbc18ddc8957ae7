import { readMnist } from "../../services/learning/data/mnist.ts";
import {
  normalRandom,
  type RandomSource,
  seededRandom,
  shuffledIndices,
} from "../../services/learning/random.ts";

/** Labelled samples in rows of non-zero features, because pixels and words are mostly zero. */
export interface Samples {
  readonly features: number;
  readonly classes: number;
  readonly labels: Int32Array;
  /** Row i has its features at `rowStarts[i] .. rowStarts[i + 1]` of `columns` and `values`. */
  readonly rowStarts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float32Array;
}

/** A task to simulate. */
export interface Task {
  readonly name: string;
  readonly samples: Samples;
  /** Of local training. */
  readonly learningRate: number;
}

/** Samples of every task. */
const TASK_SAMPLES = 12_000;

function fromDense(
  rows: readonly Float32Array[],
  labels: readonly number[],
  classes: number,
): Samples {
  const rowStarts = new Int32Array(rows.length + 1);
  const columns: number[] = [];
  const values: number[] = [];
  for (const [index, row] of rows.entries()) {
    for (const [column, value] of row.entries()) {
      if (value === 0) continue;
      columns.push(column);
      values.push(value);
    }
    rowStarts[index + 1] = columns.length;
  }
  return {
    features: rows[0]?.length ?? 0,
    classes,
    labels: Int32Array.from(labels),
    rowStarts,
    columns: Int32Array.from(columns),
    values: Float32Array.from(values),
  };
}

/** Handwritten digits, in a seeded order: the task of all earlier simulations. */
export async function mnistTask(): Promise<Task> {
  const dataset = await readMnist("train");
  const order = shuffledIndices(dataset.size, seededRandom("rules/mnist"));
  const { inputs, labels } = await dataset.readBatch(order.subarray(0, TASK_SAMPLES));
  const rows = Array.from(labels, (_, i) => inputs.subarray(784 * i, 784 * (i + 1)));
  return { name: "mnist", samples: fromDense(rows, [...labels], 10), learningRate: 0.1 };
}

/**
 * A table like those of sensors or credit: 24 features of different spread, 6 classes of two clusters each, a third of the
 * features without meaning, so that a linear model has a floor. Dense, unlike images and words.
 *
 * @param count Number of samples.
 */
export function tableTask(count: number = TASK_SAMPLES): Task {
  const random = seededRandom("rules/table");
  const normal = normalRandom(random);
  const [features, classes] = [24, 6];
  const centres = Array.from({ length: 2 * classes }, () =>
    Float32Array.from({ length: features }, (_, j) => (j % 3 === 2 ? 0 : 0.9 * normal())),
  );
  const spread = Float32Array.from({ length: features }, () => 0.5 + random());
  const labels = Array.from({ length: count }, () => Math.floor(random() * classes));
  const rows = labels.map((label) => {
    const centre = centres[2 * label + (random() < 0.7 ? 0 : 1)] as Float32Array;
    return centre.map((entry, j) => entry + (spread[j] as number) * normal());
  });
  return { name: "table", samples: fromDense(rows, labels, classes), learningRate: 0.05 };
}

/** Draws from a list of weights. */
function draw(cumulative: Float64Array, random: RandomSource): number {
  const at = random() * (cumulative.at(-1) as number);
  const index = cumulative.findIndex((sum) => sum > at);
  return index < 0 ? cumulative.length - 1 : index;
}

/**
 * Short texts as word counts: 400 words with Zipf frequencies, 4 topics that prefer some words, 12 words a text. Most
 * coordinates of an update are dead, and topics overlap.
 */
export function wordsTask(): Task {
  const random = seededRandom("rules/words");
  const [words, classes] = [400, 4];
  const topics = Array.from({ length: classes }, () => {
    let sum = 0;
    return Float64Array.from({ length: words }, (_, word) => {
      sum += (random() < 0.12 ? 5 : 1) / (word + 5);
      return sum;
    });
  });
  const labels = Array.from({ length: TASK_SAMPLES }, () => Math.floor(random() * classes));
  const rows = labels.map((label) => {
    const row = new Float32Array(words);
    for (let n = 0; n < 12; n++) {
      const word = draw(topics[label] as Float64Array, random);
      row[word] = (row[word] as number) + 0.5;
    }
    return row;
  });
  return { name: "words", samples: fromDense(rows, labels, classes), learningRate: 0.2 };
}
