import { readPosting } from "../services/adapters/chain/projects/project-posting.ts";
import { createGatewayStore } from "../services/adapters/content-store/gateway-store.ts";
import { getManifest } from "../services/adapters/dag-json/manifest-store.ts";
import type { Connection } from "./connection.ts";

/** A gateway that does not know a manifest may look for it for long; the list does not wait for it. */
const TIMEOUT_MS = 8000;

/** Titles of projects, from manifests whose bytes are what the chain says; a project without a readable one has no entry. */
export async function loadTitles(
  { chain, settings }: Connection,
  projectIds: readonly bigint[],
): Promise<ReadonlyMap<bigint, string>> {
  const store = createGatewayStore({ urls: [settings.gateway] });
  const found = await Promise.all(
    projectIds.map(async (projectId): Promise<[bigint, string][]> => {
      try {
        const { manifestCid } = await readPosting(chain, projectId);
        const signal = AbortSignal.timeout(TIMEOUT_MS);
        const { title } = await getManifest(store, manifestCid, { signal });
        return [[projectId, title]];
      } catch {
        // It goes by its number: the project's own page says what is wrong with its files.
        return [];
      }
    }),
  );
  return new Map(found.flat());
}
