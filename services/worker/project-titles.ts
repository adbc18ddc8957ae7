import type { Chain } from "../adapters/chain/connect.ts";
import type { Project } from "../adapters/chain/projects/project.ts";
import { readPosting } from "../adapters/chain/projects/project-posting.ts";
import type { Config } from "../adapters/config/config.ts";
import { getManifest } from "../adapters/dag-json/manifest-store.ts";
import { openProjectContent } from "../command-line/project-content.ts";

/** Whoever posts a project names its aggregators: one that keeps the line open holds up a list no longer than this. */
const LONGEST_MS = 5000;
const ASKED_AT_ONCE = 20;

/**
 * Titles of projects, from manifests whose bytes are what the chain says. Asks the aggregators of each, wherever they say that they are; a
 * project whose manifest nobody serves has no entry.
 */
export async function readTitles(
  chain: Chain,
  projects: readonly Project[],
  options: { readonly config: Pick<Config, "ipfs">; readonly signal: AbortSignal },
): Promise<ReadonlyMap<bigint, string>> {
  const titles = new Map<bigint, string>();
  const read = async ({ projectId, terms }: Project) => {
    const signal = AbortSignal.any([options.signal, AbortSignal.timeout(LONGEST_MS)]);
    try {
      const [{ manifestCid }, content] = await Promise.all([
        readPosting(chain, projectId),
        openProjectContent(chain, terms, options.config),
      ]);
      titles.set(projectId, (await getManifest(content, manifestCid, { signal })).title);
    } catch {
      // It goes by its number; whoever looks closer (`worker fit`) is told what is wrong with it.
      options.signal.throwIfAborted();
    }
  };
  for (let first = 0; first < projects.length; first += ASKED_AT_ONCE) {
    await Promise.all(projects.slice(first, first + ASKED_AT_ONCE).map(read));
  }
  return titles;
}
