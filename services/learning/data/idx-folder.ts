import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { CommonweightError } from "../../protocol/errors.ts";
import { countValues } from "../count-values.ts";
import { learningErrors } from "../errors.ts";
import { type Dataset, memoryDataset } from "./dataset.ts";
import { gatherLabels } from "./distinct-labels.ts";
import { DATA_LIMITS } from "./formats/data-limits.ts";
import { decodeIdx, type IdxArray } from "./formats/idx.ts";
import { nameFile } from "./formats/name-file.ts";
import { type ClassNaming, labelClasses } from "./label-classes.ts";

/** Names of a pair of idx files. */
export interface IdxFiles {
  readonly images: string;
  readonly labels: string;
}

/**
 * The idx files among a folder's names, packed (`.gz`) or not: training files come before test files when it has both.
 *
 * @returns undefined when there is no pair of images and labels.
 */
export function findIdxFiles(names: readonly string[]): IdxFiles | undefined {
  const sorted = [...names].sort();
  const find = (part: RegExp) =>
    sorted.find((name) => part.test(name) && name.startsWith("train")) ??
    sorted.find((name) => part.test(name));
  const [images, labels] = [find(/images.*idx\d/), find(/labels.*idx1/)];
  return images === undefined || labels === undefined ? undefined : { images, labels };
}

const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

function unpacked(path: string, bytes: Uint8Array): Uint8Array {
  if (!isGzip(bytes)) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: DATA_LIMITS.idxBytes });
  } catch (cause) {
    const isTooLarge = (cause as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    throw isTooLarge
      ? new CommonweightError(
          learningErrors.dataTooLarge,
          `${path}: more than ${DATA_LIMITS.idxBytes} bytes when unpacked`,
          { cause },
        )
      : new CommonweightError(learningErrors.dataMalformed, `${path}: no whole gzip file`, {
          cause,
        });
  }
}

/**
 * Reads an idx file, packed by gzip or not.
 *
 * @throws CommonweightError CW3101 when it cannot be read, CW3102 to CW3104 when it cannot be used; each names the file.
 */
export async function readIdx(path: string): Promise<IdxArray> {
  const bytes = await readWhole(path);
  return nameFile(path, () => decodeIdx(unpacked(path, bytes)));
}

async function readWhole(path: string): Promise<Uint8Array> {
  const unreadable = (cause: unknown) => {
    throw new CommonweightError(learningErrors.dataUnreadable, path, { cause });
  };
  const { size } = await stat(path).catch(unreadable);
  if (size > DATA_LIMITS.idxBytes) {
    throw new CommonweightError(learningErrors.dataTooLarge, `${path}: ${size} bytes`);
  }
  return readFile(path).catch(unreadable);
}

/**
 * Opens a pair of idx files. Grey images have the shape `[1, height, width]`; bytes are scaled to 0..1.
 *
 * @throws CommonweightError as {@link readIdx}, CW3102 when the two do not belong together, CW3105 for a label that is no class.
 */
export async function openIdxFiles(
  folder: string,
  files: IdxFiles,
  naming: ClassNaming,
): Promise<Dataset> {
  const [pixels, numbers] = await Promise.all([
    readIdx(join(folder, files.images)),
    readIdx(join(folder, files.labels)),
  ]);
  const [, ...sides] = pixels.shape;
  const inputShape = sides.length === 2 ? [1, ...sides] : [countValues(sides)];
  const gathered = gatherLabels<number>(join(folder, files.labels), numbers.values.length);
  gathered.add(numbers.values);
  const classes = labelClasses(gathered.all(), naming);
  return nameFile(folder, () => memoryDataset({ inputs: pixels.values, inputShape, ...classes }));
}
