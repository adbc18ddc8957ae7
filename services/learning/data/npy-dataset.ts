import { CommonweightError } from "../../protocol/errors.ts";
import { learningErrors } from "../errors.ts";
import type { Dataset } from "./dataset.ts";
import type { ByteSource } from "./formats/byte-source.ts";
import { DATA_LIMITS } from "./formats/data-limits.ts";
import { nameFile } from "./formats/name-file.ts";
import { decodeNpyValues, type NpyHeader, readNpyHeader } from "./formats/npy.ts";

interface NpyArray {
  readonly source: ByteSource;
  readonly header: NpyHeader;
}

const product = (sides: readonly number[]) => sides.reduce((all, side) => all * side, 1);

async function openNpy(source: ByteSource): Promise<NpyArray> {
  return source.reading(async (readAt) => {
    const beginning = await readAt(0, DATA_LIMITS.headerBytes + 12);
    const header = nameFile(source.name, () => readNpyHeader(beginning));
    const { shape, dataOffset, bytesPerValue } = header;
    const count = product(shape);
    if ((shape[0] ?? 0) > DATA_LIMITS.samples || !Number.isSafeInteger(count * 8)) {
      throw new CommonweightError(learningErrors.dataTooLarge, `${source.name}: shape [${shape}]`);
    }
    // One byte past the end must not exist, the last one must.
    const tail = await readAt(dataOffset + count * bytesPerValue - 1, 2);
    if (count === 0 || tail.length !== 1) {
      throw new CommonweightError(
        learningErrors.dataMalformed,
        `${source.name}: its length does not match its shape [${shape}]`,
      );
    }
    return { source, header };
  });
}

/**
 * Opens samples kept in two of NumPy's arrays: inputs of shape `[samples, …]` and whole-number labels of shape `[samples]` or
 * `[samples, 1]`. Inputs are read when needed, so they may be larger than memory; only in Fortran's order they are held in it.
 *
 * @throws CommonweightError CW3101, CW3102, CW3103 or CW3104 for an array we cannot read, CW3105 when the two do not belong
 * together.
 */
export async function openNpyDataset(options: {
  readonly inputs: ByteSource;
  readonly labels: ByteSource;
  readonly classes: number;
}): Promise<Dataset> {
  const { classes } = options;
  const [inputs, labelsArray] = [await openNpy(options.inputs), await openNpy(options.labels)];
  requireLabels(labelsArray, inputs);
  const [size = 0] = inputs.header.shape;
  return samplesOf(inputs, await readLabels(labelsArray, size, classes), classes);
}

/** Opens inputs of which nobody says the class: each gets class 0. @throws As {@link openNpyDataset} */
export async function openNpyInputs(source: ByteSource, classes: number): Promise<Dataset> {
  const inputs = await openNpy(source);
  return samplesOf(inputs, new Int32Array(inputs.header.shape[0] ?? 0), classes);
}

async function samplesOf(inputs: NpyArray, labels: Int32Array, classes: number): Promise<Dataset> {
  const [size = 0, ...rest] = inputs.header.shape;
  const rows = inputs.header.isFirstFastest ? await heldRows(inputs) : storedRows(inputs);
  return {
    size,
    inputShape: rest.length === 0 ? [1] : rest,
    classes,
    readBatch: async (indices) => ({
      inputs: await rows(indices),
      labels: Int32Array.from(indices, (index) => labels[index] as number),
    }),
    readLabels: () => labels,
  };
}

function requireLabels({ source, header }: NpyArray, inputs: NpyArray): void {
  const [size = 0] = inputs.header.shape;
  const [first, ...others] = header.shape;
  if (first === size && product(others) === 1) return;
  const advice =
    first === size && others.length === 1
      ? "; is there a column for each class? Then save y.argmax(axis=1)"
      : "";
  throw new CommonweightError(
    learningErrors.dataUnfit,
    `${inputs.source.name} has ${size} samples, ${source.name} labels of shape [${header.shape}]${advice}`,
  );
}

type ReadRows = (indices: ArrayLike<number>) => Promise<Float32Array>;

/** Reads each sample where it lies: its values follow each other. */
function storedRows({ source, header }: NpyArray): ReadRows {
  const { shape, dataOffset, bytesPerValue, format } = header;
  const length = product(shape.slice(1));
  const rowBytes = length * bytesPerValue;
  return (indices) =>
    source.reading(async (readAt) => {
      const rows = new Float32Array(indices.length * length);
      for (let row = 0; row < indices.length; row++) {
        const bytes = await readAt(dataOffset + (indices[row] as number) * rowBytes, rowBytes);
        if (bytes.length !== rowBytes) {
          const message = `${source.name} became shorter`;
          throw new CommonweightError(learningErrors.dataMalformed, message);
        }
        rows.set(decodeNpyValues(bytes, format), row * length);
      }
      return rows;
    });
}

/** Numbers that are decoded together. */
const PIECE = 1 << 20;

/** Holds an array in Fortran's order: a sample's values lie all over it. @throws CW3103 when it is too large for that */
async function heldRows({ source, header }: NpyArray): Promise<ReadRows> {
  const { shape, dataOffset, bytesPerValue, format } = header;
  const bytes = product(shape) * bytesPerValue;
  if (product(shape) * 4 > DATA_LIMITS.arrayBytes) {
    throw new CommonweightError(
      learningErrors.dataTooLarge,
      `${source.name}: ${bytes} bytes in Fortran's order, which has to be held in memory; numpy.ascontiguousarray(x) is read from disk`,
    );
  }
  const values = new Float32Array(product(shape));
  await source.reading(async (readAt) => {
    for (let from = 0; from < values.length; from += PIECE) {
      const piece = Math.min(PIECE, values.length - from) * bytesPerValue;
      values.set(
        decodeNpyValues(await readAt(dataOffset + from * bytesPerValue, piece), format),
        from,
      );
    }
  });
  const places = placesOfSample(shape);
  return async (indices) => {
    const rows = new Float32Array(indices.length * places.length);
    for (let row = 0; row < indices.length; row++) {
      const sample = indices[row] as number;
      for (let i = 0; i < places.length; i++) {
        rows[row * places.length + i] = values[sample + (places[i] as number)] as number;
      }
    }
    return rows;
  };
}

/** Where the values of sample 0 are when the first index runs fastest, in the order in which the last one does. */
function placesOfSample([samples = 0, ...sides]: readonly number[]): Float64Array {
  let places = Float64Array.of(0);
  let stride = samples;
  // A side's values lie `stride` apart; each side multiplies the list, the later ones running faster in it.
  for (const side of sides) {
    const step = stride;
    const before = places;
    places = Float64Array.from(
      { length: before.length * side },
      (_, i) => (before[Math.floor(i / side)] as number) + (i % side) * step,
    );
    stride *= side;
  }
  return places;
}

async function readLabels(array: NpyArray, size: number, classes: number): Promise<Int32Array> {
  const { dataOffset, bytesPerValue, format } = array.header;
  const values = await array.source.reading(async (readAt) =>
    decodeNpyValues(await readAt(dataOffset, size * bytesPerValue), format),
  );
  const wrong = values.findIndex(
    (value) => !Number.isInteger(value) || value < 0 || value >= classes,
  );
  if (wrong >= 0) {
    throw new CommonweightError(
      learningErrors.dataUnfit,
      `${array.source.name}: label ${values[wrong]} of sample ${wrong} is outside 0..${classes - 1}${classes === DATA_LIMITS.columns ? "; classes are whole numbers from 0, as numpy.unique(y, return_inverse=True)[1] counts them" : ""}`,
    );
  }
  return Int32Array.from(values);
}
