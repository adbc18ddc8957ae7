import { resolve } from "node:path";
import { dataFileOptions } from "../learning/data/data-file-options.ts";
import type { Dataset } from "../learning/data/dataset.ts";
import { subsetDataset } from "../learning/data/dataset.ts";
import { openDataset } from "../learning/data/open-dataset.ts";
import { splitDataset } from "../learning/data/split-dataset.ts";
import { CommonweightError } from "../protocol/errors.ts";
import type { Manifest } from "../protocol/manifest/manifest.ts";
import { drawSets } from "./design/draw-sets.ts";
import { ownerErrors } from "./errors.ts";
import { type ProjectFolder, readProjectFolder } from "./posting/project-folder.ts";

/** What an owner's command was given: the number of a project, or a folder of `owner init`, or both. */
export interface FoundProject {
  readonly projectId: bigint;
  readonly folder: ProjectFolder | undefined;
}

/**
 * Finds a project by its number or its folder.
 *
 * @throws CW4019 for a folder whose project is not posted, CW4025 for what is no folder of a project, CW4016 for a damaged one.
 */
export async function findProject(given: string): Promise<FoundProject> {
  if (/^[1-9]\d{0,18}$/.test(given)) return { projectId: BigInt(given), folder: undefined };
  const folder = await readProjectFolder(resolve(given));
  const { posted } = folder.project;
  if (posted === undefined) throw new CommonweightError(ownerErrors.notPosted, folder.folder);
  return { projectId: BigInt(posted.projectId), folder };
}

/** The owner's three sets; `rootSet` and `paySet` are disjoint. */
export interface OwnerSets {
  readonly rootSet: Dataset;
  readonly paySet: Dataset;
  readonly validationSet: Dataset | undefined;
}

/**
 * Opens the sets that `owner init` drew: the same ones after every restart.
 *
 * @throws CW4017 when the source has another number of samples than when they were drawn; CW31xx for unreadable data.
 */
export async function openFolderSets({
  folder,
  project,
  manifest,
}: ProjectFolder): Promise<OwnerSets> {
  const { sets } = project;
  const files = dataFileOptions(manifest.data);
  if (sets.kind === "files") {
    const open = (name: string) => openDataset({ source: resolve(folder, name), files });
    const [rootSet, paySet, validationSet] = await Promise.all(
      [sets.root, sets.pay, sets.validation].map(open),
    );
    return { rootSet: rootSet as Dataset, paySet: paySet as Dataset, validationSet };
  }
  const whole = await openDataset({ source: sets.source, files });
  if (whole.size !== sets.samples) {
    throw new CommonweightError(
      ownerErrors.tooFewSamples,
      `${sets.source} has ${whole.size} samples and had ${sets.samples} when the sets were drawn`,
    );
  }
  const drawn = await drawSets(whole, sets, sets.seed);
  return {
    rootSet: subsetDataset(whole, drawn.root),
    paySet: subsetDataset(whole, drawn.pay),
    validationSet: subsetDataset(whole, drawn.validation),
  };
}

/** Draws the sets from a source at the command's own sizes, for projects without a folder. @throws CW3106 */
export async function drawFreshSets(
  source: string,
  sizes: { readonly root: number; readonly pay: number; readonly validation: number },
  options: { readonly seed: string; readonly data?: Manifest["data"] | undefined },
): Promise<OwnerSets> {
  const files = options.data && dataFileOptions(options.data);
  const whole = await openDataset({ source, files });
  const [rootSet, paySet, validationSet] = splitDataset(
    whole,
    [sizes.root, sizes.pay, sizes.validation],
    options.seed,
  );
  return { rootSet: rootSet as Dataset, paySet: paySet as Dataset, validationSet };
}
