import { amountText, type TokenUnit } from "../protocol/market/token-amount.ts";
import { oneLine } from "../protocol/one-line.ts";
import type { ListedProject } from "./list-projects.ts";
import { shortWei } from "./quote-text.ts";

const HEAD =
  "project  phase    rounds   trainers  parameters  expected/hour      budget/round     stake";

/** Whether what a project is expected to pay is a guess. What is over pays nobody any more. */
const isGuess = ({ phase, record }: ListedProject) =>
  phase !== "ended" && record.pay.basis === "equal-shares";

/** What is longer is cut off. */
const LONGEST_TITLE = 60;

function lineOf(project: ListedProject, unit: TokenUnit, title: string | undefined): string {
  const { projectId, phase, trainerCount, terms, appliedRounds, record } = project;
  const expected = `${isGuess(project) ? "~" : ""}${amountText(shortWei(record.perHourWei), unit)}`;
  return [
    String(projectId).padEnd(8),
    phase.padEnd(8),
    `${appliedRounds}/${terms.rounds}`.padEnd(8),
    `${trainerCount}/${terms.maxTrainers}`.padEnd(9),
    String(terms.parameterCount).padEnd(11),
    (phase === "ended" ? "–" : expected).padEnd(18),
    amountText(terms.budgetPerRoundWei, unit).padEnd(16),
    ...(title === undefined
      ? [amountText(terms.stakeWei, unit)]
      : [amountText(terms.stakeWei, unit).padEnd(16), oneLine(title, LONGEST_TITLE)]),
  ].join(" ");
}

/**
 * A market's projects as a table.
 *
 * @param older How many older projects were not looked at.
 */
export function projectsText(
  listed: readonly ListedProject[],
  {
    units,
    older,
    titles,
  }: {
    readonly units: ReadonlyMap<string, TokenUnit>;
    readonly older: number;
    readonly titles?: ReadonlyMap<bigint, string>;
  },
): string {
  const titleOf = ({ projectId }: ListedProject) =>
    titles && (titles.get(projectId) ?? "(nobody serves its manifest)");
  const lines = listed.map((each) =>
    lineOf(each, units.get(each.terms.rewardToken) as TokenUnit, titleOf(each)),
  );
  const none = older > 0 ? "none of these is open, or pays as much" : "no project is open";
  return [
    ...(lines.length > 0 ? [titles ? `${HEAD}            title` : HEAD, ...lines] : [none]),
    ...(listed.some(isGuess) ? ["~ no round is settled yet: as if all shared equally"] : []),
    ...(older > 0 ? [`${older} older projects were not looked at: see --most`] : []),
  ].join("\n");
}
