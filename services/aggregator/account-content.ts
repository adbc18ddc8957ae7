import type { Chain } from "../adapters/chain/connect.ts";
import type { Project } from "../adapters/chain/projects/project.ts";
import type { ContentLedger } from "../housekeeping/content-ledger.ts";
import { withBundles } from "../housekeeping/sort-content.ts";
import type { CollectingParts } from "../housekeeping/start-collecting.ts";
import { includesAddress } from "../protocol/address.ts";
import type { RoundStore } from "./store/round-store.ts";

/** Under this the store remembers that nothing of a project is kept any more: in a market of years most projects are over. */
const RELEASED = "content-released";

/** What of the market's content concerns an aggregator's account: that of the projects that it serves. */
export function accountContent(options: {
  readonly chain: Chain;
  readonly store: ContentLedger & Pick<RoundStore, "saveResult" | "findResult" | "listModelCopies">;
  /** All projects of the market as far as they are known; undefined before all were looked at. */
  readonly listMarket: () => readonly Project[] | undefined;
  /** Why this account does not serve a project: of such a one nothing is known, and nothing is let go. */
  readonly refusalOf: (projectId: bigint) => string | undefined;
}): Pick<CollectingParts, "role" | "listProjects" | "choose" | "onReleased"> {
  const { chain, store, listMarket, refusalOf } = options;
  const account = chain.account as string;

  const isOurs = ({ projectId, terms }: Project) =>
    includesAddress(terms.aggregators, account) &&
    refusalOf(projectId) === undefined &&
    store.findResult(projectId, 0, RELEASED) === undefined;

  return {
    role: "aggregator",
    listProjects: async () =>
      listMarket()
        ?.filter(isOurs)
        .map(({ projectId }) => projectId),
    choose: (projectId) => {
      const made = store.listContent(projectId);
      // In place of files that the chain names and nobody has.
      const copies = store.listModelCopies(projectId).map(({ cid }) => cid);
      return (named) => ({
        ...named,
        lasting: new Set([...named.lasting, ...copies]),
        bundles: withBundles(named.bundles, made),
      });
    },
    onReleased: (projectId, { beforeRound, isOver }) => {
      store.forgetContent(projectId, beforeRound);
      if (isOver) store.saveResult(projectId, 0, RELEASED, true);
    },
  };
}
