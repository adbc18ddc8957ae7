import type { RehearsalReport } from "../../learning/rehearsal/rehearse.ts";
import { percentText } from "../../protocol/percent-text.ts";

/** Shares above which a rule does not do its work. */
const MOST = { voidRounds: 0.25, falseRemoval: 0.25, missed: 0.5, attackerPay: 0.25 } as const;

/** Void rounds that begin after this part of the rounds have another cause than those from the start. */
const LATE = 1 / 3;

/** What in a rehearsal speaks against posting the project, in sentences with the numbers. */
export function rehearsalFindings(report: RehearsalReport): string[] {
  const { rounds, voidRounds, falseRemovalShare, missedShare, attackerPayShare } = report;
  const findings: string[] = [];
  if (voidRounds > MOST.voidRounds * rounds.length) {
    const first = rounds.findIndex(({ isVoid }) => isVoid);
    const why =
      first >= LATE * rounds.length
        ? `the first of them round ${first}: by then the model had learned what your reference can tell; post fewer rounds, or give the root set more samples`
        : "too many attackers, or a reference that disagrees with honest trainers";
    findings.push(
      `${voidRounds} of ${rounds.length} rounds were void, fewer than half of the updates being accepted: ${why}`,
    );
  }
  if (falseRemovalShare > MOST.falseRemoval) {
    findings.push(
      `${percentText(falseRemovalShare, 0)} of the honest updates were rejected: give the root set more samples of every class, or lower the learning rate`,
    );
  }
  if (missedShare !== null && missedShare > MOST.missed) {
    findings.push(`${percentText(missedShare, 0)} of the attackers' updates were accepted`);
  }
  if (attackerPayShare > MOST.attackerPay) {
    findings.push(`attackers got ${percentText(attackerPayShare, 0)} of the pay`);
  }
  return findings;
}

/** What a rehearsal comes to, in lines for people. */
export function rehearsalVerdict(
  { finalAccuracy, commonestShare }: Pick<RehearsalReport, "finalAccuracy" | "commonestShare">,
  findings: readonly string[],
): string[] {
  if (findings.length > 0) {
    return ["do not post it like this:", ...findings.map((finding) => `  ${finding}`)];
  }
  if (finalAccuracy > commonestShare) {
    return ["the rule held: post it if the accuracy is what you want"];
  }
  return [
    "the rule held, but the model is right no more often than whoever always says the commonest class:",
    "  more rounds or samples, other columns, or more samples of the rare classes may help; where model or training were changed by hand,",
    "  fixedPoint of the manifest and normBoundSquared of the terms are still those that were measured for the old ones",
  ];
}
