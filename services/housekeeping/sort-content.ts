/** The content that a project has named so far, as far as it concerns who asks. */
export interface ProjectContent {
  readonly projectId: bigint;
  /** What stays whatever becomes of the project. */
  readonly forever?: ReadonlySet<string> | undefined;
  /** What is needed as long as the project runs. */
  readonly lasting: ReadonlySet<string>;
  /** Sealed updates and references, by the round that they were made for. */
  readonly bundles: ReadonlyMap<number, ReadonlySet<string>>;
  /** What is needed no more, unless it is something of the above, too. */
  readonly superseded?: ReadonlySet<string> | undefined;
  /** The round that was opened last; -1 before the first. It may not be settled yet. */
  readonly newestRound: number;
  /** Unix seconds; undefined while the project runs. */
  readonly endedAt: number | undefined;
}

/** How long what projects name is kept. */
export interface KeepingRules {
  /** Rounds before the newest whose bundles stay. */
  readonly rounds: number;
  /** How long everything stays after a project has ended. */
  readonly endedSeconds: number;
}

/** Which content stays for a project, and which need not any more; of what is in neither nothing is known. */
export interface SortedContent {
  readonly kept: ReadonlySet<string>;
  readonly released: ReadonlySet<string>;
}

/** Whether a project ended so long ago that nothing of it is kept but what stays for ever. */
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
 * Sorts what a project names by whether it is kept.
 *
 * @param now Unix seconds.
 */
export function sortContent(
  project: ProjectContent,
  rules: KeepingRules,
  now: number,
): SortedContent {
  const first = firstKeptRound(project, rules, now);
  const kept = new Set(project.forever);
  const named = new Set(project.superseded);
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
  return { kept, released: new Set([...named].filter((cid) => !kept.has(cid))) };
}

/** Bundles by their rounds, with further ones. */
export function withBundles(
  bundles: ProjectContent["bundles"],
  further: Iterable<{ readonly roundIndex: number; readonly cid: string }>,
): ProjectContent["bundles"] {
  const all = new Map([...bundles].map(([round, cids]) => [round, new Set(cids)]));
  for (const { roundIndex, cid } of further) {
    all.set(roundIndex, (all.get(roundIndex) ?? new Set()).add(cid));
  }
  return all;
}
