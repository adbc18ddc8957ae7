import { CommonweightError } from "../../protocol/errors.ts";
import { aggregatorErrors } from "../errors.ts";
import { oneAtATime } from "../one-at-a-time.ts";
import type { RoundReport } from "./round-report.ts";

/** How long a report is told again as it is: of a settled round, which only a reorganisation changes, and of one that is not settled. */
const SETTLED_MS = 600_000;
const UNSETTLED_MS = 2000;
/** Reports that are remembered, and that are waited for. */
const MOST_KNOWN = 1000;
const MOST_WAITING = 50;

/**
 * Reports for whoever asks. Each takes a search through the chain's whole log, by a node that its operator may pay for by the question:
 * so each is made once in a while, one after the other, and of rounds that there are.
 *
 * @param options.nextRoundIndexOf How many rounds a project has had; undefined for one that is not known.
 * @param options.nowMs A clock that nobody sets.
 * @returns The report, null for a round that is not settled. It throws CW5006 for a project that is not known, CW5013 when too many wait.
 */
export function createRoundReports(options: {
  readonly build: (projectId: bigint, roundIndex: number) => Promise<RoundReport | undefined>;
  readonly nextRoundIndexOf: (projectId: bigint) => number | undefined;
  readonly nowMs?: () => number;
}): (projectId: bigint, roundIndex: number) => Promise<RoundReport | null> {
  const { build, nextRoundIndexOf, nowMs = () => performance.now() } = options;
  const known = new Map<
    string,
    { readonly report: RoundReport | null; readonly untilMs: number }
  >();
  const making = new Map<string, Promise<RoundReport | null>>();
  const inTurn = oneAtATime();

  async function make(
    key: string,
    projectId: bigint,
    roundIndex: number,
  ): Promise<RoundReport | null> {
    const report = (await build(projectId, roundIndex)) ?? null;
    const untilMs = nowMs() + (report === null ? UNSETTLED_MS : SETTLED_MS);
    known.delete(key);
    known.set(key, { report, untilMs });
    const [oldest] = known.keys();
    if (known.size > MOST_KNOWN && oldest !== undefined) known.delete(oldest);
    return report;
  }

  return async (projectId, roundIndex) => {
    const nextRoundIndex = nextRoundIndexOf(projectId);
    if (nextRoundIndex === undefined) throw new CommonweightError(aggregatorErrors.unknownRecord);
    if (roundIndex >= nextRoundIndex) return null;
    const key = `${projectId}/${roundIndex}`;
    const found = known.get(key);
    if (found !== undefined && nowMs() < found.untilMs) return found.report;
    const under = making.get(key);
    if (under !== undefined) return under;
    if (making.size >= MOST_WAITING) {
      throw new CommonweightError(
        aggregatorErrors.tooManyRequests,
        "too many reports are made now",
      );
    }
    const made = inTurn(() => make(key, projectId, roundIndex)).finally(() => making.delete(key));
    making.set(key, made);
    return made;
  };
}
