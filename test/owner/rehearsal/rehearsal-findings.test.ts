import { expect, test } from "vitest";
import type { RehearsalReport } from "../../../services/learning/rehearsal/rehearse.ts";
import {
  rehearsalFindings,
  rehearsalVerdict,
} from "../../../services/owner/rehearsal/rehearsal-findings.ts";

test.each([
  ["learned something", 0.93, [], /^the rule held: post it/],
  [
    "is as good as always saying the commonest class",
    0.86,
    [],
    /no more often than whoever always/,
  ],
  ["is at odds with the rule", 0.93, ["attackers got 40 % of the pay"], /not post .*attackers got/],
])("a rehearsal whose model %s says so", (_, finalAccuracy, findings, expected) => {
  const lines = rehearsalVerdict({ finalAccuracy, commonestShare: 0.86 }, findings);

  expect(lines.join(" ")).toMatch(expected);
});

test.each([
  ["from the start", [0, 1, 2, 5], /reference that disagrees with honest trainers$/],
  ["late", [6, 7, 8, 9], /the first of them round 6: .*post fewer rounds/],
])("rounds that are void %s have a cause", (_, voidOnes, expected) => {
  const findings = rehearsalFindings({
    rounds: Array.from({ length: 10 }, (_, index) => ({ isVoid: voidOnes.includes(index) })),
    ...{
      voidRounds: voidOnes.length,
      falseRemovalShare: 0,
      missedShare: null,
      attackerPayShare: 0,
    },
  } as unknown as RehearsalReport);

  expect(findings).toEqual([expect.stringMatching(expected)]);
});
