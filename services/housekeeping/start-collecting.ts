import { type Chain, chainTime } from "../adapters/chain/connect.ts";
import type { ContentStore } from "../protocol/content-store.ts";
import { pause } from "../protocol/pause.ts";
import { ContentCollector, type ContentCollectorParts } from "./content-collector.ts";
import { type NamedContent, ProjectContentLog } from "./project-content-log.ts";
import { type KeepingRole, projectHolder } from "./project-holder.ts";
import type { KeepingRules, ProjectContent } from "./sort-content.ts";

/** What is kept of projects' content, and how often the rest is removed. */
export interface KeepingSettings extends KeepingRules {
  /** Nothing is ever removed when undefined. */
  readonly collectEveryMs: number | undefined;
}

/** What collecting for one role needs. */
export interface CollectingParts
  extends Pick<ContentCollectorParts, "onReleased" | "say" | "signal"> {
  readonly chain: Chain;
  readonly contentStore: ContentStore;
  readonly role: KeepingRole;
  readonly keeping: KeepingSettings;
  /** The projects whose content is looked at; undefined while they are not known. */
  readonly listProjects: () => Promise<readonly bigint[] | undefined>;
  /**
   * Says what of a project's content concerns this role. Called before the chain is read: what is made or fetched meanwhile is pinned, and
   * let go by nobody, because nobody has named it.
   */
  readonly choose: (projectId: bigint) => (named: NamedContent) => ProjectContent;
  /** Told why nothing was removed this time. */
  readonly onFailed: (error: unknown) => void;
}

/** A longer timer ends at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
/** A program that runs for an hour a day must come to it, too. */
const FIRST_AFTER_MS = 600_000;

/**
 * Collects again and again in the background.
 *
 * @returns Resolves when no collection is under way any more, after the signal.
 */
export async function startCollecting(parts: CollectingParts): Promise<void> {
  const { signal, listProjects, onFailed } = parts;
  const { collectEveryMs } = parts.keeping;
  if (collectEveryMs === undefined) return;
  const collector = createCollector(parts);
  for (let restMs = Math.min(FIRST_AFTER_MS, collectEveryMs); ; restMs = collectEveryMs) {
    await pause(Math.min(restMs, LONGEST_TIMER_MS), signal);
    if (signal.aborted) return;
    try {
      if ((await listProjects()) !== undefined) await collector.collect();
    } catch (error) {
      if (!signal.aborted) onFailed(error);
    }
  }
}

function createCollector(parts: CollectingParts): ContentCollector {
  const { chain, role, keeping, listProjects, choose, signal } = parts;
  const logs = new Map<bigint, ProjectContentLog>();

  async function readProject(projectId: bigint): Promise<ProjectContent> {
    const pick = choose(projectId);
    const log = logs.get(projectId) ?? new ProjectContentLog(chain, projectId);
    logs.set(projectId, log);
    return pick(await log.read());
  }

  return new ContentCollector({
    ...parts,
    rules: keeping,
    holderOf: (projectId) => projectHolder(chain, role, projectId),
    now: () => chainTime(chain),
    readProjects: async () => {
      const projectIds = (await listProjects()) ?? [];
      const read: ProjectContent[] = [];
      for (const projectId of projectIds) {
        signal.throwIfAborted();
        read.push(await readProject(projectId));
      }
      for (const known of logs.keys()) if (!projectIds.includes(known)) logs.delete(known);
      return read;
    },
  });
}
