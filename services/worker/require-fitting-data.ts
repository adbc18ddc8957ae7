import type { Chain } from "../adapters/chain/connect.ts";
import { readProject } from "../adapters/chain/projects/project.ts";
import { readPosting } from "../adapters/chain/projects/project-posting.ts";
import { getManifest } from "../adapters/dag-json/manifest-store.ts";
import type { Dataset } from "../learning/data/dataset.ts";
import { projectDataset } from "../learning/data/project-dataset.ts";
import { requireFit, requireLayers } from "../learning/training/train-locally.ts";
import { type ContentStore, contentStoreErrors } from "../protocol/content-store.ts";
import { isErrorOf } from "../protocol/errors.ts";
import type { Manifest } from "../protocol/manifest/manifest.ts";
import { pause } from "../protocol/pause.ts";

const LONGEST_WAIT_MS = 10_000;
const LOOK_EVERY_MS = 200;

interface FittingOptions {
  readonly projectIds: readonly bigint[];
  readonly openContent: (project: {
    readonly aggregators: readonly string[];
  }) => Promise<Pick<ContentStore, "get">>;
  readonly openData: (data: Manifest["data"]) => Promise<Dataset>;
  readonly onUnknown: (projectId: bigint) => void;
  /** How long a manifest is waited for that nobody serves: right after posting, aggregators are still fetching it. */
  readonly patienceMs?: number | undefined;
  readonly signal: AbortSignal;
}

/**
 * Looks whether the samples can be trained on for each project, before a stake is locked and not in the first round.
 *
 * @param options.onUnknown Called for a project whose manifest nobody serves now: a worker waits out such an outage later.
 * @throws CW3002 for a model that needs a program of one's own, CW3102, CW3105 for samples that do not fit.
 */
export async function requireFittingData(chain: Chain, options: FittingOptions): Promise<void> {
  const { projectIds, openData, onUnknown } = options;
  for (const projectId of projectIds) {
    const { phase, terms } = await readProject(chain, projectId);
    if (phase === "ended") continue;
    const { manifestCid } = await readPosting(chain, projectId);
    const manifest = await findManifest(manifestCid, terms, options);
    if (manifest === undefined) {
      onUnknown(projectId);
      continue;
    }
    const { model, data } = manifest;
    requireFit(requireLayers(model), projectDataset(await openData(data), data));
  }
}

/** Undefined when nobody serves it. */
async function findManifest(
  manifestCid: string,
  terms: { readonly aggregators: readonly string[] },
  { openContent, patienceMs = 0, signal }: FittingOptions,
): Promise<Manifest | undefined> {
  const waitsUntil = Date.now() + patienceMs;
  for (;;) {
    try {
      return await getManifest(await openContent(terms), manifestCid, {
        ...{ signal, retries: patienceMs > 0 ? 0 : 1, timeoutMs: LONGEST_WAIT_MS },
      });
    } catch (error) {
      const { notFound, unreachable, timedOut } = contentStoreErrors;
      const isAway = [notFound, unreachable, timedOut].some((each) => isErrorOf(error, each));
      if (!isAway) throw error;
      if (Date.now() >= waitsUntil) return undefined;
      await pause(LOOK_EVERY_MS, signal);
    }
  }
}
