import { CommonweightError } from "../../protocol/errors.ts";
import { countValues } from "../count-values.ts";
import { learningErrors } from "../errors.ts";
import type { Dataset } from "./dataset.ts";
import type { ByteSource } from "./formats/byte-source.ts";
import { DATA_LIMITS } from "./formats/data-limits.ts";
import { decodeNpyValues } from "./formats/npy.ts";
import { becameShorter, type NpyArray, openNpy, readPieces } from "./formats/npy-array.ts";
import type { NpyFiles } from "./formats/open-npz.ts";
import type { ClassNaming, LabelClasses } from "./label-classes.ts";
import { readNpyLabels, readNpyNames } from "./npy-labels.ts";

/**
 * Opens samples kept in NumPy's arrays: inputs of shape `[samples, …]` and their labels, see `readNpyLabels`. Inputs are read when
 * needed, so they may be larger than memory; only in Fortran's order they are held in it.
 *
 * @throws CommonweightError CW3101, CW3102, CW3103 or CW3104 for an array we cannot read, CW3105 when they do not belong together.
 */
export async function openNpyDataset(
  files: NpyFiles,
  naming: Pick<ClassNaming, "classes" | "findsClasses">,
): Promise<Dataset> {
  const inputs = await openInputs(files.inputs);
  const ownNames = files.names && (await readNpyNames(await openNpy(files.names)));
  const [size = 0] = inputs.header.shape;
  const labels = await readNpyLabels(await openNpy(files.labels), size, { ...naming, ownNames });
  return samplesOf(inputs, labels);
}

/** Opens inputs of which nobody says the class: each gets class 0. @throws As {@link openNpyDataset} */
export async function openNpyInputs(source: ByteSource, classes: number): Promise<Dataset> {
  const inputs = await openInputs(source);
  return samplesOf(inputs, { labels: new Int32Array(inputs.header.shape[0] ?? 0), classes });
}

/** @throws CW3104 for texts */
async function openInputs(source: ByteSource): Promise<NpyArray> {
  const inputs = await openNpy(source);
  if (!inputs.header.isText) return inputs;
  throw new CommonweightError(
    learningErrors.dataUnsupported,
    `${source.name}: texts of format ${inputs.header.format}, and inputs are numbers`,
  );
}

async function samplesOf(
  inputs: NpyArray,
  { labels, classes, classNames }: LabelClasses,
): Promise<Dataset> {
  const [size = 0, ...rest] = inputs.header.shape;
  const rows = inputs.header.isFirstFastest ? await heldRows(inputs) : storedRows(inputs);
  return {
    size,
    inputShape: rest.length === 0 ? [1] : rest,
    classes,
    ...(classNames && { classNames }),
    readBatch: async (indices) => ({
      inputs: await rows(indices),
      labels: Int32Array.from(indices, (index) => labels[index] as number),
    }),
    readLabels: () => labels,
  };
}

type ReadRows = (indices: ArrayLike<number>) => Promise<Float32Array>;

/** Reads each sample where it lies: its values follow each other. */
function storedRows({ source, header }: NpyArray): ReadRows {
  const { shape, dataOffset, bytesPerValue, format } = header;
  const length = countValues(shape.slice(1));
  const rowBytes = length * bytesPerValue;
  return (indices) =>
    source.reading(async (readAt) => {
      const rows = new Float32Array(indices.length * length);
      for (let row = 0; row < indices.length; row++) {
        const bytes = await readAt(dataOffset + (indices[row] as number) * rowBytes, rowBytes);
        if (bytes.length !== rowBytes) throw becameShorter(source.name);
        rows.set(decodeNpyValues(bytes, format), row * length);
      }
      return rows;
    });
}

/** Holds an array in Fortran's order: a sample's values lie all over it. @throws CW3103 when it is too large for that */
async function heldRows(array: NpyArray): Promise<ReadRows> {
  const { source, header } = array;
  const { shape, bytesPerValue, format } = header;
  const bytes = countValues(shape) * bytesPerValue;
  if (countValues(shape) * 4 > DATA_LIMITS.arrayBytes) {
    throw new CommonweightError(
      learningErrors.dataTooLarge,
      `${source.name}: ${bytes} bytes in Fortran's order, which has to be held in memory; numpy.ascontiguousarray(x) is read from disk`,
    );
  }
  const values = new Float32Array(countValues(shape));
  await readPieces(array, (piece, from) => values.set(decodeNpyValues(piece, format), from));
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
