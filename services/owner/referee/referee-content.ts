import type { Chain } from "../../adapters/chain/connect.ts";
import type { ContentLedger } from "../../housekeeping/content-ledger.ts";
import { readHeldContent } from "../../housekeeping/project-holder.ts";
import { withBundles } from "../../housekeeping/sort-content.ts";
import type { CollectingParts } from "../../housekeeping/start-collecting.ts";
import type { ContentStore } from "../../protocol/content-store.ts";

/**
 * What of a project's content concerns its referee: as long as an aggregator all of it, but for the trainers' updates; and for ever what
 * the owner has paid for, the model at the end, with the one at the beginning and the manifest that says what they are.
 */
export function refereeContent(options: {
  readonly chain: Chain;
  readonly contentStore: Pick<ContentStore, "pins">;
  readonly store: ContentLedger;
  /** The project that is refereed; what is held for others, from earlier starts, is looked at, too. */
  readonly projectId: bigint;
}): Pick<CollectingParts, "role" | "listProjects" | "choose" | "onReleased"> {
  const { chain, contentStore, store } = options;
  return {
    role: "referee",
    listProjects: async () => {
      const held = await readHeldContent(contentStore, chain, "referee");
      return [...new Set([options.projectId, ...held.keys()])];
    },
    choose: (projectId) => {
      const made = store.listContent(projectId);
      return ({ manifestCid, models, lasting, newestRound, endedAt }) => ({
        ...{ projectId, newestRound, endedAt, lasting },
        forever: new Set([manifestCid, ...models.slice(0, 1), ...models.slice(-1)]),
        bundles: withBundles(new Map(), made),
      });
    },
    onReleased: (projectId, { beforeRound }) => store.forgetContent(projectId, beforeRound),
  };
}
