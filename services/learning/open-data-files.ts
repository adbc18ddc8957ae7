import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { CommonweightError } from "../protocol/errors.ts";
import { type CsvDatasetOptions, csvDataset } from "./csv-dataset.ts";
import { DATA_LIMITS } from "./data-limits.ts";
import { type Dataset, memoryDataset } from "./dataset.ts";
import { learningErrors } from "./errors.ts";
import { decodeIdx } from "./idx.ts";
import { openImageFolder } from "./image-folder.ts";
import { openNpyDataset } from "./npy-dataset.ts";
import { seenAs } from "./reshape-to-model.ts";

/** What the project says about its data, and how to read a table. */
export interface OpenDataFilesOptions extends CsvDatasetOptions {
  /** The model's input shape; samples are seen in it when the number of values is right. */
  readonly inputShape?: readonly number[] | undefined;
}

async function openTable(path: string, options: OpenDataFilesOptions): Promise<Dataset> {
  const { size } = await stat(path);
  if (size > DATA_LIMITS.textBytes) {
    throw new CommonweightError(learningErrors.dataTooLarge, `${path}: ${size} bytes`);
  }
  const bytes = await readFile(path);
  try {
    return csvDataset(new TextDecoder("utf-8", { fatal: true }).decode(bytes), options);
  } catch (cause) {
    if (cause instanceof CommonweightError) throw cause;
    throw new CommonweightError(learningErrors.dataMalformed, `${path} is not UTF-8`, { cause });
  }
}

async function openIdx(
  folder: string,
  images: string,
  labels: string,
  classes: number | undefined,
) {
  const [pixels, numbers] = (
    await Promise.all([images, labels].map((name) => readFile(join(folder, name))))
  ).map((bytes) => decodeIdx(bytes)) as [
    ReturnType<typeof decodeIdx>,
    ReturnType<typeof decodeIdx>,
  ];
  const inputShape = [pixels.shape.slice(1).reduce((all, side) => all * side, 1)];
  const most = numbers.values.reduce((a, b) => Math.max(a, b), 0) + 1;
  return memoryDataset({
    inputs: pixels.values,
    labels: numbers.values,
    inputShape,
    classes: classes ?? most,
  });
}

/**
 * The idx files among a folder's names: training files come before test files when it has both.
 *
 * @returns undefined when there is no pair of images and labels.
 */
export function findIdxFiles(
  names: readonly string[],
): { readonly images: string; readonly labels: string } | undefined {
  const sorted = [...names].sort();
  const find = (part: RegExp) =>
    sorted.find((name) => part.test(name) && name.startsWith("train")) ??
    sorted.find((name) => part.test(name));
  const [images, labels] = [find(/images.*idx\d/), find(/labels.*idx1/)];
  return images === undefined || labels === undefined ? undefined : { images, labels };
}

async function openFolder(folder: string, options: OpenDataFilesOptions): Promise<Dataset> {
  const names = await readdir(folder);
  const classes = options.classes?.length ?? options.classCount;
  const idx = findIdxFiles(names);
  if (idx) return openIdx(folder, idx.images, idx.labels, classes);
  if (names.includes("x.npy") && names.includes("y.npy")) {
    return openNpyDataset({
      inputsPath: join(folder, "x.npy"),
      labelsPath: join(folder, "y.npy"),
      classes: classes ?? DATA_LIMITS.columns,
    });
  }
  return openImageFolder(folder, { classes: options.classes });
}

/**
 * Opens a trainer's data by what they are: a `.csv` file; a folder with MNIST's idx files, with `x.npy` and `y.npy`, or with
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
  if (!info.isDirectory() && !path.toLowerCase().endsWith(".csv")) {
    throw new CommonweightError(learningErrors.dataUnsupported, path);
  }
  const dataset = await (info.isDirectory() ? openFolder(path, options) : openTable(path, options));
  return seenAs(dataset, options.inputShape);
}
