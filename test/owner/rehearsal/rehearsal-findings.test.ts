import { expect, test } from "vitest";
import { rehearsalVerdict } from "../../../services/owner/rehearsal/rehearsal-findings.ts";

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
