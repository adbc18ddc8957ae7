import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { resolve } from "node:path";
import { dataFileOptions } from "../learning/data/data-file-options.ts";
import type { Dataset } from "../learning/data/dataset.ts";
import { mnistFolder } from "../learning/data/mnist.ts";
import { type DataSource, openDataset } from "../learning/data/open-dataset.ts";
import { learningErrors } from "../learning/errors.ts";
import { CommonweightError } from "../protocol/errors.ts";
import type { Manifest } from "../protocol/manifest/manifest.ts";

/** Opens a trainer's samples as a project wants them. */
export type OpenSamples = (data: Manifest["data"]) => Promise<Dataset>;

/**
 * Prepares to open a trainer's samples for any project. Files are opened as each manifest says: which class a folder of images, a
 * label or a table's word stands for is the project's to say, so they cannot be opened before it is known.
 *
 * @returns `samples`: how many there are, where no project decides that.
 * @throws CW3101 when nothing is there to read, before a stake is locked rather than in the first round.
 */
export async function prepareSamples(
  source: DataSource,
): Promise<{ readonly openSamples: OpenSamples; readonly samples: number | undefined }> {
  if (/^mnist(:test)?$/.test(source.source)) {
    const dataset = await openDataset(source);
    return { openSamples: async () => dataset, samples: dataset.size };
  }
  await requireReadable(source.source);
  const openSamples: OpenSamples = (data) =>
    openDataset({ ...source, files: dataFileOptions(data) });
  return { openSamples, samples: undefined };
}

/**
 * The path of samples that a program of one's own is given: from the root, and for `mnist` the folder of its files.
 *
 * @throws CW3101 as {@link prepareSamples}.
 */
export async function findSamples(source: string): Promise<string> {
  const path = source === "mnist" ? mnistFolder() : resolve(source);
  await requireReadable(path);
  return path;
}

async function requireReadable(path: string): Promise<void> {
  await access(path, constants.R_OK).catch((cause: unknown) => {
    throw new CommonweightError(learningErrors.dataUnreadable, path, { cause });
  });
}
