import { type Chain, chainTime } from "../../adapters/chain/connect.ts";
import type { Project } from "../../adapters/chain/projects/project.ts";
import { isSameAddress } from "../../protocol/address.ts";
import type { ContentStore } from "../../protocol/content-store.ts";
import { pause } from "../../protocol/pause.ts";
import type { KeepingSettings } from "../aggregator-settings.ts";
import { failureWords } from "../failure-words.ts";
import type { RoundStore } from "../store/round-store.ts";
import { ContentCollector } from "./content-collector.ts";
import { ProjectContentLog } from "./project-content-log.ts";
import type { ProjectContent } from "./sort-content.ts";

/** What collecting an account's content needs. */
export interface CollectingParts {
  readonly chain: Chain;
  readonly contentStore: ContentStore;
  readonly store: Pick<RoundStore, "listContent" | "forgetContent" | "saveResult" | "findResult">;
  readonly keeping: KeepingSettings;
  /** All projects of the market as far as they are known; undefined before all were looked at. */
  readonly listProjects: () => readonly Project[] | undefined;
  /** Why this account does not serve a project: of such a one nothing is known, and nothing is let go. */
  readonly refusalOf: (projectId: bigint) => string | undefined;
  readonly say: (type: string, details: Record<string, unknown>) => void;
  readonly signal: AbortSignal;
}

/** A longer timer ends at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** A service that runs for a day and is started anew must come to it, too. */
const FIRST_AFTER_MS = 600_000;
/** Under this the store remembers that nothing of a project is kept any more: in a market of years most projects are over. */
const RELEASED = "content-released";

/**
 * Collects again and again in the background.
 *
 * @returns Resolves when no collection is under way any more, after the signal.
 */
export async function startCollecting(parts: CollectingParts): Promise<void> {
  const { keeping, say, signal } = parts;
  const { collectEveryMs } = keeping;
  if (collectEveryMs === undefined) return;
  const collector = createCollector(parts);
  for (let restMs = Math.min(FIRST_AFTER_MS, collectEveryMs); ; restMs = collectEveryMs) {
    await pause(Math.min(restMs, LONGEST_TIMER_MS), signal);
    if (signal.aborted) return;
    if (parts.listProjects() === undefined) continue;
    await collector.collect().catch((error: unknown) => {
      if (!signal.aborted) say("collection-failed", failureWords(error));
    });
  }
}

function createCollector(parts: CollectingParts): ContentCollector {
  const { chain, contentStore, store, keeping, listProjects, refusalOf, say, signal } = parts;
  const account = chain.account as string;
  const logs = new Map<bigint, ProjectContentLog>();

  const isOurs = ({ projectId, terms }: Project) =>
    terms.aggregators.some((each) => isSameAddress(each, account)) &&
    refusalOf(projectId) === undefined &&
    store.findResult(projectId, 0, RELEASED) === undefined;

  async function readProject(projectId: bigint): Promise<ProjectContent> {
    // Before the chain: what is fetched meanwhile is pinned, and let go by nobody.
    const made = store.listContent(projectId);
    const log = logs.get(projectId) ?? new ProjectContentLog(chain, projectId);
    logs.set(projectId, log);
    const named = await log.read();
    const bundles = new Map([...named.bundles].map(([round, cids]) => [round, new Set(cids)]));
    for (const { roundIndex, cid } of made) {
      bundles.set(roundIndex, (bundles.get(roundIndex) ?? new Set()).add(cid));
    }
    return { ...named, bundles };
  }

  return new ContentCollector({
    ...{ contentStore, rules: keeping, say, signal },
    now: () => chainTime(chain),
    readProjects: async () => {
      const read: ProjectContent[] = [];
      for (const project of (listProjects() ?? []).filter(isOurs)) {
        signal.throwIfAborted();
        read.push(await readProject(project.projectId));
      }
      return read;
    },
    onReleased: (projectId, { beforeRound, isOver }) => {
      store.forgetContent(projectId, Math.min(beforeRound, Number.MAX_SAFE_INTEGER));
      if (!isOver) return;
      store.saveResult(projectId, 0, RELEASED, true);
      logs.delete(projectId);
    },
  });
}
