import { CommonweightError } from "../../protocol/errors.ts";
import { countValues } from "../count-values.ts";
import { learningErrors } from "../errors.ts";

/** Samples read together: inputs one after the other, and one class number each. */
export interface Batch {
  readonly inputs: Float32Array;
  readonly labels: Int32Array;
}

/** Labelled samples, read on demand, so that a file larger than memory can be trained on. */
export interface Dataset {
  readonly size: number;
  /** Shape of one sample, `[features]` or `[channels, height, width]`. */
  readonly inputShape: readonly number[];
  readonly classes: number;
  /** What the classes are called, where the data or the project say so. */
  readonly classNames?: readonly string[];
  /** Of pictures in files, for messages: how they become samples of another shape. Begins with a semicolon; empty when they cannot. */
  readonly adviceToFit?: (shape: readonly number[]) => string;
  /** Reads the samples at these positions, in this order. */
  readBatch(indices: ArrayLike<number>): Batch | Promise<Batch>;
  /** Class of each sample, without reading the inputs. */
  readLabels(): Int32Array | Promise<Int32Array>;
}

/** Samples held in memory. Bytes are scaled by `byteScale` when read, so images stay at one byte a pixel. */
export interface MemoryDatasetParameters {
  readonly inputs: Float32Array | Uint8Array;
  readonly labels: ArrayLike<number>;
  readonly inputShape: readonly number[];
  readonly classes: number;
  readonly classNames?: readonly string[] | undefined;
  /** Factor applied to byte inputs; 1/255 by default. Ignored for floats. */
  readonly byteScale?: number;
}

/**
 * Makes a data set of arrays; they are kept, not copied.
 *
 * @throws CommonweightError CW3102 when lengths disagree, CW3105 when a label is not a class.
 */
export function memoryDataset(parameters: MemoryDatasetParameters): Dataset {
  const { inputs, inputShape, classes } = parameters;
  const labels = Int32Array.from(parameters.labels);
  const length = countValues(inputShape);
  if (inputs.length !== labels.length * length) {
    throw new CommonweightError(
      learningErrors.dataMalformed,
      `${labels.length} labels, but ${inputs.length / length} samples of ${length} values`,
    );
  }
  const wrong = labels.findIndex((label) => label < 0 || label >= classes);
  if (wrong >= 0) {
    throw new CommonweightError(
      learningErrors.dataUnfit,
      `sample ${wrong} has label ${labels[wrong]}, outside 0..${classes - 1}`,
    );
  }
  const scale = inputs instanceof Uint8Array ? (parameters.byteScale ?? 1 / 255) : 1;
  return {
    size: labels.length,
    inputShape,
    classes,
    ...(parameters.classNames && { classNames: parameters.classNames }),
    readBatch: (indices) => {
      const batch = new Float32Array(indices.length * length);
      const chosen = new Int32Array(indices.length);
      for (let row = 0; row < indices.length; row++) {
        const from = (indices[row] as number) * length;
        const to = row * length;
        for (let j = 0; j < length; j++) batch[to + j] = (inputs[from + j] as number) * scale;
        chosen[row] = labels[indices[row] as number] as number;
      }
      return { inputs: batch, labels: chosen };
    },
    readLabels: () => labels,
  };
}

/** The samples of `dataset` at `indices`, as a data set of its own; nothing is copied. */
export function subsetDataset(dataset: Dataset, indices: ArrayLike<number>): Dataset {
  const chosen = Int32Array.from(indices);
  const outside = chosen.findIndex((index) => index < 0 || index >= dataset.size);
  if (outside >= 0) {
    throw new CommonweightError(
      learningErrors.partitionImpossible,
      `sample ${chosen[outside]} of ${dataset.size} does not exist`,
    );
  }
  return {
    ...dataset,
    size: chosen.length,
    readBatch: (rows) =>
      dataset.readBatch(
        Int32Array.from({ length: rows.length }, (_, i) => chosen[rows[i] as number] as number),
      ),
    readLabels: async () => {
      const labels = await dataset.readLabels();
      return chosen.map((index) => labels[index] as number);
    },
  };
}

/** The same samples seen in another shape of equal size, for example an image as `[1, 28, 28]` for a convolution. */
export function reshapeDataset(dataset: Dataset, inputShape: readonly number[]): Dataset {
  if (countValues(inputShape) !== countValues(dataset.inputShape)) {
    throw new CommonweightError(
      learningErrors.dataUnfit,
      `samples of shape [${dataset.inputShape}] cannot be seen as [${inputShape}]`,
    );
  }
  return { ...dataset, inputShape };
}

/** The same samples with other labels, for example flipped ones in a rehearsal. */
export function relabelDataset(dataset: Dataset, relabel: (label: number) => number): Dataset {
  return {
    ...dataset,
    readBatch: async (indices) => {
      const batch = await dataset.readBatch(indices);
      return { inputs: batch.inputs, labels: batch.labels.map(relabel) };
    },
    readLabels: async () => (await dataset.readLabels()).map(relabel),
  };
}

/** How values enter the model: `(value - mean) / deviation`; one number for all, or one per channel. */
export interface Normalisation {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/**
 * The same samples normalised as the project's manifest says.
 *
 * @throws CommonweightError CW3105 when the lists have neither one entry nor one per channel (or feature).
 */
export function normaliseDataset(dataset: Dataset, normalisation: Normalisation): Dataset {
  const { mean, deviation } = normalisation;
  const channels = dataset.inputShape[0] as number;
  if (mean.length !== deviation.length || (mean.length !== 1 && mean.length !== channels)) {
    throw new CommonweightError(
      learningErrors.dataUnfit,
      `normalisation of ${mean.length} channels for samples of shape [${dataset.inputShape}]`,
    );
  }
  const length = countValues(dataset.inputShape);
  const perChannel = length / mean.length;
  return {
    ...dataset,
    readBatch: async (indices) => {
      const batch = await dataset.readBatch(indices);
      const inputs = batch.inputs.map((value, i) => {
        const channel = Math.floor((i % length) / perChannel);
        return (value - (mean[channel] as number)) / (deviation[channel] as number);
      });
      return { inputs, labels: batch.labels };
    },
  };
}
