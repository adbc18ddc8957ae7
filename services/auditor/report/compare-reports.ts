import type { AuditReport } from "./audit-report.ts";

/** One place in which two reports differ. */
export interface ReportDifference {
  /** Like `rounds.2.paidWei`; of lists by their places, of checks and trainers by their names. */
  readonly path: string;
  /** As JSON; undefined where the report has nothing. */
  readonly mine: string | undefined;
  readonly theirs: string | undefined;
}

/** What makes an element of a list the same one in both reports. */
const NAMES = ["name", "roundIndex", "trainer"] as const;

function nameOf(element: unknown, place: number): string {
  const record = (element ?? {}) as Record<string, unknown>;
  const name = NAMES.find((each) => record[each] !== undefined);
  return name === undefined ? String(place) : String(record[name]).replaceAll(" ", "-");
}

/** Values below this place, by their paths. */
function* leaves(value: unknown, path: string): Generator<readonly [string, string]> {
  if (typeof value !== "object" || value === null) {
    yield [path, JSON.stringify(value)];
    return;
  }
  const entries = Array.isArray(value)
    ? value.map((each, place) => [nameOf(each, place), each] as const)
    : Object.entries(value);
  for (const [name, each] of entries) yield* leaves(each, path === "" ? name : `${path}.${name}`);
}

/** True for what two honest auditors are told otherwise because they ask at different times; of one block both have the same hash. */
const isOfTheMoment = (
  path: string,
  { readAt: mine }: AuditReport,
  { readAt: theirs }: AuditReport,
) =>
  path.startsWith("later.") ||
  path === "readAt.finality" ||
  (path.startsWith("readAt.") && mine.block !== theirs.block);

/**
 * Where two auditors' reports differ in what they found. Those of the same checks of the same chain are the same; `historyHash` differs when
 * the two were told different things, `lastBlockHash` when they looked at different chains or at different times. That nothing had happened
 * between two blocks that they read at is no difference.
 */
export function compareReports(mine: AuditReport, theirs: AuditReport): ReportDifference[] {
  const [own, other] = [new Map(leaves(mine, "")), new Map(leaves(theirs, ""))];
  const paths = [...new Set([...own.keys(), ...other.keys()])];
  return paths
    .filter((path) => own.get(path) !== other.get(path) && !isOfTheMoment(path, mine, theirs))
    .map((path) => ({ path, mine: own.get(path), theirs: other.get(path) }));
}

/** So many differences are listed: more say nothing new. */
const MOST_LISTED = 20;

/**
 * What became of a comparison, for people.
 *
 * @param theirs The report that was compared with.
 */
export function comparisonText(
  differences: readonly ReportDifference[],
  theirs: Pick<AuditReport, "readAt">,
): string {
  if (differences.length === 0) {
    return `the other report, read at block ${theirs.readAt.block}, found the same, word for word`;
  }
  const listed = differences
    .slice(0, MOST_LISTED)
    .map(
      ({ path, mine, theirs }) =>
        `  ${path}: here ${mine ?? "nothing"}, there ${theirs ?? "nothing"}`,
    );
  const more = differences.length - listed.length;
  return [
    `the other report differs in ${differences.length} places:`,
    ...listed,
    ...(more > 0 ? [`  and ${more} more`] : []),
  ].join("\n");
}
