import { amountText, type TokenUnit } from "../protocol/market/token-amount.ts";
import type { ListedProject } from "./list-projects.ts";
import { shortWei } from "./quote-text.ts";

const HEAD =
  "project  phase    rounds   trainers  parameters  expected/hour      budget/round     stake";

/** Whether what a project is expected to pay is a guess. What is over pays nobody any more. */
const isGuess = ({ phase, record }: ListedProject) =>
  phase !== "ended" && record.pay.basis === "equal-shares";

function lineOf(project: ListedProject, unit: TokenUnit): string {
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
    amountText(terms.stakeWei, unit),
  ].join(" ");
}

/**
 * A market's projects as a table.
 *
 * @param older How many older projects were not looked at.
 */
export function projectsText(
  listed: readonly ListedProject[],
  { units, older }: { readonly units: ReadonlyMap<string, TokenUnit>; readonly older: number },
): string {
  const lines = listed.map((each) => lineOf(each, units.get(each.terms.rewardToken) as TokenUnit));
  const none = older > 0 ? "none of these is open, or pays as much" : "no project is open";
  return [
    ...(lines.length > 0 ? [HEAD, ...lines] : [none]),
    ...(listed.some(isGuess) ? ["~ no round is settled yet: as if all shared equally"] : []),
    ...(older > 0 ? [`${older} older projects were not looked at: see --most`] : []),
  ].join("\n");
}
