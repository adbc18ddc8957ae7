import { open } from "node:fs/promises";
import { CommonweightError } from "../protocol/errors.ts";
import { DATA_LIMITS } from "./data-limits.ts";
import type { Dataset } from "./dataset.ts";
import { learningErrors } from "./errors.ts";
import { nameFile } from "./name-file.ts";
import { decodeNpyValues, type NpyHeader, readNpyHeader } from "./npy.ts";

interface NpyFile {
  readonly path: string;
  readonly header: NpyHeader;
}

type ReadAt = (position: number, length: number) => Promise<Uint8Array>;

/** Opens a file for some reads; one that is replaced by a shorter one while we train gives fewer bytes, not zeros. */
async function reading<T>(path: string, body: (readAt: ReadAt) => Promise<T>): Promise<T> {
  const file = await open(path).catch((cause) => {
    throw new CommonweightError(learningErrors.dataUnreadable, path, { cause });
  });
  try {
    return await body(async (position, length) => {
      const bytes = new Uint8Array(length);
      const { bytesRead } = await file.read(bytes, 0, length, position);
      return bytes.subarray(0, bytesRead);
    });
  } finally {
    await file.close();
  }
}

const readAt = (path: string, position: number, length: number) =>
  reading(path, (read) => read(position, length));

async function openNpy(path: string): Promise<NpyFile> {
  const beginning = await readAt(path, 0, DATA_LIMITS.headerBytes + 12);
  const header = nameFile(path, () => readNpyHeader(beginning));
  const count = header.shape.reduce((all, side) => all * side, 1);
  if ((header.shape[0] ?? 0) > DATA_LIMITS.samples || !Number.isSafeInteger(count * 8)) {
    throw new CommonweightError(learningErrors.dataTooLarge, `${path}: shape [${header.shape}]`);
  }
  // One byte past the end must not exist, the last one must.
  const end = header.dataOffset + count * header.bytesPerValue;
  const tail = await readAt(path, end - 1, 2);
  if (count === 0 || tail.length !== 1) {
    throw new CommonweightError(
      learningErrors.dataMalformed,
      `${path}: its length does not match its shape [${header.shape}]`,
    );
  }
  return { path, header };
}

/**
 * Opens samples kept in two NumPy files: inputs of shape `[samples, …]` and integer labels of shape `[samples]`. Inputs are
 * read when needed, so a file may be larger than memory.
 *
 * @throws CommonweightError CW3101, CW3102, CW3103 or CW3104 for a file we cannot read, CW3105 when the two do not belong
 * together.
 */
export async function openNpyDataset(options: {
  readonly inputsPath: string;
  readonly labelsPath: string;
  readonly classes: number;
}): Promise<Dataset> {
  const { inputsPath, labelsPath, classes } = options;
  const [inputs, labelsFile] = [await openNpy(inputsPath), await openNpy(labelsPath)];
  const { shape, dataOffset, bytesPerValue, format } = inputs.header;
  const [size = 0, ...rest] = shape;
  if (labelsFile.header.shape.length !== 1 || labelsFile.header.shape[0] !== size) {
    throw new CommonweightError(
      learningErrors.dataUnfit,
      `${inputsPath} has ${size} samples, ${labelsPath} labels of shape [${labelsFile.header.shape}]`,
    );
  }
  const labels = await readLabels(labelsFile, size, classes);
  const inputShape = rest.length === 0 ? [1] : rest;
  const length = inputShape.reduce((all, side) => all * side, 1);
  return {
    size,
    inputShape,
    classes,
    readBatch: async (indices) => {
      const batch = new Float32Array(indices.length * length);
      const rowBytes = length * bytesPerValue;
      await reading(inputsPath, async (read) => {
        for (let row = 0; row < indices.length; row++) {
          const bytes = await read(dataOffset + (indices[row] as number) * rowBytes, rowBytes);
          if (bytes.length !== rowBytes) {
            const message = `${inputsPath} became shorter`;
            throw new CommonweightError(learningErrors.dataMalformed, message);
          }
          batch.set(decodeNpyValues(bytes, format), row * length);
        }
      });
      return {
        inputs: batch,
        labels: Int32Array.from(indices, (index) => labels[index] as number),
      };
    },
    readLabels: () => labels,
  };
}

async function readLabels(file: NpyFile, size: number, classes: number): Promise<Int32Array> {
  const { dataOffset, bytesPerValue, format } = file.header;
  const bytes = await readAt(file.path, dataOffset, size * bytesPerValue);
  const values = decodeNpyValues(bytes, format);
  const wrong = values.findIndex(
    (value) => !Number.isInteger(value) || value < 0 || value >= classes,
  );
  if (wrong >= 0) {
    throw new CommonweightError(
      learningErrors.dataUnfit,
      `${file.path}: label ${values[wrong]} of sample ${wrong} is outside 0..${classes - 1}`,
    );
  }
  return Int32Array.from(values);
}
