import { constants } from "node:fs";
import { access } from "node:fs/promises";
import { dataFileOptions } from "../learning/data/data-file-options.ts";
import type { Dataset } from "../learning/data/dataset.ts";
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
  await access(source.source, constants.R_OK).catch((cause: unknown) => {
    throw new CommonweightError(learningErrors.dataUnreadable, source.source, { cause });
  });
  const openSamples: OpenSamples = (data) =>
    openDataset({ ...source, files: dataFileOptions(data) });
  return { openSamples, samples: undefined };
}
