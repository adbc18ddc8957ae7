import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { CommonweightError } from "../../protocol/errors.ts";
import { learningErrors } from "../errors.ts";
import { adviceForFile } from "./advice-for-file.ts";
import { type CsvDatasetOptions, csvDataset, tableDataset } from "./csv-dataset.ts";
import type { Dataset } from "./dataset.ts";
import { fileBytes } from "./formats/byte-source.ts";
import { nameFile } from "./formats/name-file.ts";
import { NAMES_OF_LABELS, openNpz } from "./formats/open-npz.ts";
import { findIdxFiles, openIdxFiles } from "./idx-folder.ts";
import { openImageFolder } from "./image-folder.ts";
import { isTableName } from "./is-table-name.ts";
import { openNpyDataset } from "./npy-dataset.ts";
import { openParquetSamples } from "./parquet-dataset.ts";
import { openParquetSource, type ParquetSource } from "./parquet-source.ts";
import { readParquetTable } from "./parquet-table.ts";
import { readTableText } from "./read-table.ts";
import { seenAs } from "./reshape-to-model.ts";
import { sampleColumn } from "./sample-column.ts";

/** What the project says about its data, and how to read a table. */
export interface OpenDataFilesOptions extends CsvDatasetOptions {
  /** The model's input shape; samples are seen in it when the number of values is right. */
  readonly inputShape?: readonly number[] | undefined;
  /** There is no project yet: the classes of arrays and idx files are what their labels say. */
  readonly findsClasses?: boolean | undefined;
}

/** Opens what Parquet files hold: samples of one value each, or else a table. */
async function openParquetFiles(
  source: ParquetSource,
  options: OpenDataFilesOptions,
): Promise<Dataset> {
  const column = await sampleColumn(source, options);
  if (column !== undefined) return openParquetSamples(source, column, options);
  const { columns, targetColumn = [] } = options;
  const wanted = columns && [...columns, targetColumn].flat();
  const { table } = await readParquetTable(source, wanted);
  return nameFile(source.name, () => tableDataset(table, options));
}

/** What a folder of samples may look like, and what is in this one. */
function noSamplesIn(folder: string, names: readonly string[]): CommonweightError {
  const shown = [...names].sort().slice(0, 5).join(", ");
  const inside = names.length === 0 ? "nothing" : `${shown}${names.length > 5 ? " …" : ""}`;
  return new CommonweightError(
    learningErrors.dataUnsupported,
    `${folder} has no pair of idx files, no x.npy with y.npy, no .parquet files, and no folders with images of one class each (.png, .jpg, .pgm, .ppm); in it: ${inside}`,
  );
}

async function openFile(path: string, options: OpenDataFilesOptions): Promise<Dataset> {
  if (isTableName(path)) {
    const text = await readTableText(path);
    return nameFile(path, () => csvDataset(text, options));
  }
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
  return openImageFolder(folder, options);
}

/**
 * Opens a trainer's data by what they are: a `.csv` or `.tsv` file; a `.parquet` file or a folder of some; NumPy's `.npz`; a folder with MNIST's idx files (packed by gzip or not), with `x.npy` and `y.npy`, or with
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
  const parquet = await openParquetSource(path);
  if (parquet) return seenAs(await openParquetFiles(parquet, options), options.inputShape);
  const dataset = await (info.isDirectory() ? openFolder(path, options) : openFile(path, options));
  return seenAs(dataset, options.inputShape);
}
