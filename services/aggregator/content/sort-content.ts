/** The content that a project has named so far. */
export interface ProjectContent {
  readonly projectId: bigint;
  /** Manifest, models and round jobs: what everybody needs who trains, follows, pulls or audits. */
  readonly lasting: ReadonlySet<string>;
  /** Sealed updates and references, by the round that they were made for. */
  readonly bundles: ReadonlyMap<number, ReadonlySet<string>>;
  /** The round that was opened last; -1 before the first. It may not be settled yet. */
  readonly newestRound: number;
  /** Unix seconds; undefined while the project runs. */
  readonly endedAt: number | undefined;
}

/** How long an aggregator keeps what projects name. */
export interface KeepingRules {
  /** Rounds before the newest whose bundles stay. */
  readonly rounds: number;
  /** How long everything stays after a project has ended. */
  readonly endedSeconds: number;
}

/** Which content stays, and which need not any more; of what is in neither this account knows nothing. */
export interface SortedContent {
  readonly kept: ReadonlySet<string>;
  readonly released: ReadonlySet<string>;
}

/** Whether a project ended so long ago that nothing of it is kept. */
export const isOver = ({ endedAt }: ProjectContent, rules: KeepingRules, now: number): boolean =>
  endedAt !== undefined && now - endedAt > rules.endedSeconds;

/** The first round whose bundles are kept. Those that are not opened yet come after it. */
export const firstKeptRound = (
  project: ProjectContent,
  rules: KeepingRules,
  now: number,
): number =>
  isOver(project, rules, now) ? Number.POSITIVE_INFINITY : project.newestRound - rules.rounds;

/**
 * Sorts what projects name by whether it is kept. What one of them needs stays, whatever the others say of it.
 *
 * @param now Unix seconds.
 */
export function sortContent(
  projects: readonly ProjectContent[],
  rules: KeepingRules,
  now: number,
): SortedContent {
  const kept = new Set<string>();
  const named = new Set<string>();
  for (const project of projects) {
    const first = firstKeptRound(project, rules, now);
    for (const cid of project.lasting) {
      named.add(cid);
      if (!isOver(project, rules, now)) kept.add(cid);
    }
    for (const [roundIndex, cids] of project.bundles) {
      for (const cid of cids) {
        named.add(cid);
        if (roundIndex >= first) kept.add(cid);
      }
    }
  }
  const released = new Set([...named].filter((cid) => !kept.has(cid)));
  return { kept, released };
}
