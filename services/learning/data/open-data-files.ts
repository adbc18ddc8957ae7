import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { CommonweightError } from "../../protocol/errors.ts";
import { learningErrors } from "../errors.ts";
import { adviceForFile } from "./advice-for-file.ts";
import { type CsvDatasetOptions, csvDataset } from "./csv-dataset.ts";
import type { Dataset } from "./dataset.ts";
import { fileBytes } from "./formats/byte-source.ts";
import { DATA_LIMITS } from "./formats/data-limits.ts";
import { nameFile } from "./formats/name-file.ts";
import { NAMES_OF_LABELS, openNpz } from "./formats/open-npz.ts";
import { findIdxFiles, openIdxFiles } from "./idx-folder.ts";
import { openImageFolder } from "./image-folder.ts";
import { isTableName } from "./is-table-name.ts";
import { openNpyDataset } from "./npy-dataset.ts";
import { seenAs } from "./reshape-to-model.ts";

/** What the project says about its data, and how to read a table. */
export interface OpenDataFilesOptions extends CsvDatasetOptions {
  /** The model's input shape; samples are seen in it when the number of values is right. */
  readonly inputShape?: readonly number[] | undefined;
  /** There is no project yet: the classes of arrays and idx files are what their labels say. */
  readonly findsClasses?: boolean | undefined;
}

/**
 * Reads a table's text.
 *
 * @throws CommonweightError CW3101 when it cannot be read, CW3102 when it is neither UTF-8 nor marked as UTF-16, CW3103 when it is too large.
 */
export async function readTable(path: string): Promise<string> {
  const unreadable = (cause: unknown) => {
    throw new CommonweightError(learningErrors.dataUnreadable, path, { cause });
  };
  const { size } = await stat(path).catch(unreadable);
  if (size > DATA_LIMITS.tableBytes) {
    throw new CommonweightError(
      learningErrors.dataTooLarge,
      `${path}: ${size} bytes, of at most ${DATA_LIMITS.tableBytes}`,
    );
  }
  const bytes = await readFile(path).catch(unreadable);
  // Spreadsheets call it "Unicode text", and mark which byte comes first.
  const [first, second] = bytes;
  const isWide = first === 0xff && second === 0xfe;
  try {
    return new TextDecoder(isWide ? "utf-16le" : "utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new CommonweightError(
      learningErrors.dataMalformed,
      `${path} is not UTF-8; spreadsheets offer it as "CSV UTF-8"`,
      { cause },
    );
  }
}

async function openTable(path: string, options: OpenDataFilesOptions): Promise<Dataset> {
  const text = await readTable(path);
  return nameFile(path, () => csvDataset(text, options));
}

/** What a folder of samples may look like, and what is in this one. */
function noSamplesIn(folder: string, names: readonly string[]): CommonweightError {
  const shown = [...names].sort().slice(0, 5).join(", ");
  const inside = names.length === 0 ? "nothing" : `${shown}${names.length > 5 ? " …" : ""}`;
  return new CommonweightError(
    learningErrors.dataUnsupported,
    `${folder} has no pair of idx files, no x.npy with y.npy, and no folders with images of one class each (.png, .jpg, .pgm, .ppm); in it: ${inside}`,
  );
}

async function openFile(path: string, options: OpenDataFilesOptions): Promise<Dataset> {
  if (isTableName(path)) return openTable(path, options);
  if (/\.npz$/i.test(path)) return openNpyDataset(await openNpz(path), options);
  throw new CommonweightError(learningErrors.dataUnsupported, `${path}: ${adviceForFile(path)}`);
}

async function openFolder(folder: string, options: OpenDataFilesOptions): Promise<Dataset> {
  const names = await readdir(folder);
  const idx = findIdxFiles(names);
  if (idx) return openIdxFiles(folder, idx, options);
  const find = (wanted: string) => {
    // Many call the inputs X.
    const name = names.find((each) => each.toLowerCase() === `${wanted}.npy`);
    return name === undefined ? undefined : fileBytes(join(folder, name));
  };
  const [inputs, labels] = [find("x"), find("y")];
  if (inputs !== undefined && labels !== undefined) {
    const called = NAMES_OF_LABELS.map(find).find((each) => each !== undefined);
    return openNpyDataset({ inputs, labels, names: called }, options);
  }
  const entries = await readdir(folder, { withFileTypes: true });
  if (!entries.some((entry) => entry.isDirectory())) throw noSamplesIn(folder, names);
  return openImageFolder(folder, { classes: options.classes });
}

/**
 * Opens a trainer's data by what they are: a `.csv` or `.tsv` file; NumPy's `.npz`; a folder with MNIST's idx files (packed by gzip or not), with `x.npy` and `y.npy`, or with
 * one subfolder of images for each class.
 *
 * @throws CommonweightError CW3101 when nothing is there, CW3102 to CW3105 when it cannot be used.
 */
export async function openDataFiles(
  path: string,
  options: OpenDataFilesOptions = {},
): Promise<Dataset> {
  const info = await stat(path).catch((cause) => {
    throw new CommonweightError(learningErrors.dataUnreadable, path, { cause });
  });
  const dataset = await (info.isDirectory() ? openFolder(path, options) : openFile(path, options));
  return seenAs(dataset, options.inputShape);
}
