import type { Chain } from "../../services/adapters/chain/connect.ts";
import { readProject } from "../../services/adapters/chain/projects/project.ts";
import { readPosting } from "../../services/adapters/chain/projects/project-posting.ts";
import { readModels } from "../../services/adapters/chain/rounds/published-models.ts";
import type { ContentStore } from "../../services/protocol/content-store.ts";
import { CommonweightError } from "../../services/protocol/errors.ts";
import { maxModelFileBytes } from "../../services/protocol/model/load-model.ts";
import { webErrors } from "../errors.ts";
import type { HandedFiles } from "./run-posting.ts";

const CACHE = "commonweight.private-files";
/** Under this page's own address, where nothing is served. */
const keyOf = (cid: string) => `./kept/${cid}`;

/**
 * Keeps a private project's files in this browser until an aggregator has them. A public model can be made again from its manifest; a
 * private one is blinded by chance, so that a page which was closed too early would leave an escrow for a model that nobody has.
 */
export async function keepFiles({ prepared, contentStore }: HandedFiles): Promise<void> {
  const cache = await caches.open(CACHE);
  const maxBytes = maxModelFileBytes(prepared.terms.parameterCount);
  for (const cid of [prepared.manifestCid, prepared.modelCid]) {
    const bytes = await contentStore.get(cid, { maxBytes });
    await cache.put(keyOf(cid), new Response(new Uint8Array(bytes)));
  }
}

/** The files that this browser kept of a posted project, by the names that the chain has. */
export async function keptFiles(chain: Chain, projectId: bigint): Promise<HandedFiles> {
  const [{ terms }, { manifestCid }, [initial]] = await Promise.all([
    readProject(chain, projectId),
    readPosting(chain, projectId),
    readModels(chain, projectId),
  ]);
  const contentStore = await keptContent();
  return { prepared: { terms, manifestCid, modelCid: initial?.cid ?? "" }, contentStore };
}

/** What this browser kept, by its address; of anything else the answer is CW7019. */
export async function keptContent(): Promise<Pick<ContentStore, "get">> {
  const cache = await caches.open(CACHE);
  return {
    get: async (cid) => {
      const kept = await cache.match(keyOf(cid));
      if (kept === undefined) throw new CommonweightError(webErrors.filesNotKept, cid);
      return new Uint8Array(await kept.arrayBuffer());
    },
  };
}

/** Gives the room back: somebody else has the files now. */
export const forgetFiles = () => caches.delete(CACHE);
