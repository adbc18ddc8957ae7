import type { Chain } from "../adapters/chain/connect.ts";
import { readPosting } from "../adapters/chain/history.ts";
import { readProject } from "../adapters/chain/project.ts";
import { getManifest } from "../adapters/dag-json/manifest-store.ts";
import type { Dataset } from "../learning/dataset.ts";
import { projectDataset } from "../learning/project-dataset.ts";
import { requireFit, requireLayers } from "../learning/train-locally.ts";
import { type ContentStore, contentStoreErrors } from "../protocol/content-store.ts";
import { isErrorOf } from "../protocol/errors.ts";
import type { Manifest } from "../protocol/manifest.ts";

const LONGEST_WAIT_MS = 10_000;

/**
 * Looks whether the samples can be trained on for each project, before a stake is locked and not in the first round.
 *
 * @param options.onUnknown Called for a project whose manifest nobody serves now: a worker waits out such an outage later.
 * @throws CW3002 for a model that needs a program of one's own, CW3102, CW3105 for samples that do not fit.
 */
export async function requireFittingData(
  chain: Chain,
  options: {
    readonly projectIds: readonly bigint[];
    readonly openContent: (project: {
      readonly aggregators: readonly string[];
    }) => Promise<Pick<ContentStore, "get">>;
    readonly openData: (data: Manifest["data"]) => Promise<Dataset>;
    readonly onUnknown: (projectId: bigint) => void;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { projectIds, openContent, openData, onUnknown, signal } = options;
  for (const projectId of projectIds) {
    const { phase, terms } = await readProject(chain, projectId);
    if (phase === "ended") continue;
    const { manifestCid } = await readPosting(chain, projectId);
    let manifest: Manifest;
    try {
      const content = await openContent(terms);
      manifest = await getManifest(content, manifestCid, {
        ...{ signal, retries: 1, timeoutMs: LONGEST_WAIT_MS },
      });
    } catch (error) {
      const { notFound, unreachable, timedOut } = contentStoreErrors;
      const isAway = [notFound, unreachable, timedOut].some((each) => isErrorOf(error, each));
      if (!isAway) throw error;
      onUnknown(projectId);
      continue;
    }
    const { model, data } = manifest;
    requireFit(requireLayers(model), projectDataset(await openData(data), data));
  }
}
