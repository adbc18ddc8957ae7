import { readdir, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import { CommonweightError } from "../../protocol/errors.ts";
import { countValues } from "../count-values.ts";
import { learningErrors } from "../errors.ts";
import { tableDataset } from "./csv-dataset.ts";
import type { Dataset } from "./dataset.ts";
import { fileBytes } from "./formats/byte-source.ts";
import { parseCsv } from "./formats/csv.ts";
import type { CsvTable } from "./formats/csv-table.ts";
import { nameFile } from "./formats/name-file.ts";
import { openNpzInputs } from "./formats/open-npz.ts";
import { findIdxFiles } from "./idx-folder.ts";
import { openImages } from "./image-folder.ts";
import { isTableName } from "./is-table-name.ts";
import { openNpyInputs } from "./npy-dataset.ts";
import { type OpenDataFilesOptions, openDataFiles } from "./open-data-files.ts";
import { openParquetSamples } from "./parquet-dataset.ts";
import { openParquetSource, type ParquetSource } from "./parquet-source.ts";
import { readParquetTable } from "./parquet-table.ts";
import { readTableText } from "./read-table.ts";
import { seenAs } from "./reshape-to-model.ts";
import { sampleColumn } from "./sample-column.ts";

/** Samples whose classes nobody needs to know: all labels are 0. */
export interface UnlabelledSamples {
  readonly dataset: Dataset;
  /** A table, to write predictions beside its rows. */
  readonly table?: CsvTable;
  /** Of images, their files in the order of the samples. */
  readonly names?: readonly string[];
}

/**
 * Opens samples to predict from: a table with or without the column of the class, a `.npy` or `.npz` file of inputs, Parquet files, a folder of images
 * or of what {@link openDataFiles} takes.
 *
 * @throws CommonweightError as {@link openDataFiles}.
 */
export async function openUnlabelled(
  path: string,
  options: OpenDataFilesOptions,
): Promise<UnlabelledSamples> {
  const info = await stat(path).catch((cause: unknown) => {
    throw new CommonweightError(learningErrors.dataUnreadable, path, { cause });
  });
  const parquet = await openParquetSource(path);
  const opened = await (parquet
    ? openParquetFiles(parquet, options)
    : info.isDirectory()
      ? openFolder(path, options)
      : openFile(path, options));
  return { ...opened, dataset: seenAs(opened.dataset, options.inputShape) };
}

/** The rows of a table, to write predictions beside them. */
function tableSamples(table: CsvTable, options: OpenDataFilesOptions): UnlabelledSamples {
  const columns = options.columns ?? allColumns(table, options.inputShape);
  return { dataset: tableDataset(table, { ...options, columns, isUnlabelled: true }), table };
}

async function openParquetFiles(
  source: ParquetSource,
  options: OpenDataFilesOptions,
): Promise<UnlabelledSamples> {
  const column = await sampleColumn(source, options);
  if (column !== undefined) {
    return {
      dataset: await openParquetSamples(source, column, { ...options, isUnlabelled: true }),
    };
  }
  const { table } = await readParquetTable(source);
  return nameFile(source.name, () => tableSamples(table, options));
}

async function openFile(path: string, options: OpenDataFilesOptions): Promise<UnlabelledSamples> {
  if (isTableName(path)) {
    const text = await readTableText(path);
    return nameFile(path, () => tableSamples(parseCsv(text), options));
  }
  const classes = options.classes?.length ?? 1;
  const extension = extname(path).toLowerCase();
  if (extension === ".npy") return { dataset: await openNpyInputs(fileBytes(path), classes) };
  if (extension === ".npz")
    return { dataset: await openNpyInputs(await openNpzInputs(path), classes) };
  return { dataset: await openDataFiles(path, options) };
}

/** Of a project that names no columns: all, if there are as many as the model takes; otherwise the last one is the class. */
function allColumns(
  { header }: CsvTable,
  inputShape: readonly number[] = [],
): readonly string[] | undefined {
  const features = countValues(inputShape);
  return header.length === features ? header : undefined;
}

async function openFolder(
  folder: string,
  options: OpenDataFilesOptions,
): Promise<UnlabelledSamples> {
  const names = await readdir(folder);
  const classes = options.classes?.length ?? 1;
  const inputs = names.find((name) => name.toLowerCase() === "x.npy");
  if (inputs !== undefined) {
    return { dataset: await openNpyInputs(fileBytes(join(folder, inputs)), classes) };
  }
  const isIdx = findIdxFiles(names) !== undefined;
  const images = isIdx ? undefined : await openImages(folder, { ...options, classes });
  return images ?? { dataset: await openDataFiles(folder, options) };
}
