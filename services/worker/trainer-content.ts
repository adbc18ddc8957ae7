import type { Chain } from "../adapters/chain/connect.ts";
import { readHeldContent } from "../housekeeping/project-holder.ts";
import { type ProjectContent, withBundles } from "../housekeeping/sort-content.ts";
import type { CollectingParts } from "../housekeeping/start-collecting.ts";
import type { ContentStore } from "../protocol/content-store.ts";
import type { Work, WorkStore } from "./work-store.ts";

/** Whether something may still become of it: nobody can make it again. */
const isUnderWay = ({ stage }: Work): boolean => stage !== "settled" && stage !== "lost";

/**
 * What of a project's content concerns a trainer: what the next round begins with, and its own sealed updates; of older models the
 * aggregators have all. Work that is under way stays whatever its round, for a round in which this machine was off is over all the same.
 */
export function trainerContent(options: {
  readonly chain: Chain;
  readonly contentStore: Pick<ContentStore, "pins">;
  readonly workStore: Pick<WorkStore, "list" | "listContent" | "forgetContent">;
  /** The projects that this worker was started for; what it holds for others, from earlier starts, is looked at, too. */
  readonly projectIds: readonly bigint[];
}): Pick<CollectingParts, "role" | "listProjects" | "choose" | "onReleased"> {
  const { chain, contentStore, workStore, projectIds } = options;
  const underWay = (projectId: bigint) => workStore.list(projectId).filter(isUnderWay);
  return {
    role: "trainer",
    listProjects: async () => {
      const held = await readHeldContent(contentStore, chain, "trainer");
      return [...new Set([...projectIds, ...held.keys()])];
    },
    choose: (projectId) => {
      const made = workStore.listContent(projectId);
      const awaited = underWay(projectId).map(({ bundleCid }) => bundleCid);
      return ({ manifestCid, models, jobs, lasting, newestRound, endedAt }): ProjectContent => {
        const wanted = [manifestCid, models.at(-1), jobs.get(newestRound), ...awaited];
        return {
          ...{ projectId, newestRound, endedAt },
          lasting: new Set(wanted.filter((cid) => cid !== undefined)),
          bundles: withBundles(new Map(), made),
          superseded: lasting,
        };
      };
    },
    onReleased: (projectId, { beforeRound }) => {
      const rounds = underWay(projectId).map(({ roundIndex }) => roundIndex);
      workStore.forgetContent(projectId, Math.min(beforeRound, ...rounds));
    },
  };
}
