import { expect, test } from "vitest";
import type { FinishedCheck } from "../../../web/audit/audit-messages.ts";
import { explainCheck, explainFailure } from "../../../web/audit/check-explanations.ts";
import { groupChecks } from "../../../web/audit/group-checks.ts";

const check = (
  name: string,
  isPassed: boolean | null,
  roundIndex: number | null = null,
): FinishedCheck => ({ name, isPassed, roundIndex, detail: "", milliseconds: 0 });

test("checks of all rounds, and of all models, are one kind each", () => {
  const kinds = groupChecks([
    check("verifying key", true),
    check("payouts", true, 0),
    check("payouts", true, 1),
    check("model file 0", true),
    check("model file 10", true),
  ]);

  expect(kinds.map(({ name, part, checks }) => [name, part, checks.length])).toEqual([
    ["verifying key", "setup", 1],
    ["payouts", "rounds", 2],
    ["model files", "project", 2],
  ]);
});

test("a kind passes only when every check of it did, and one failure is louder than one not done", () => {
  const verdict = (...results: (boolean | null)[]) =>
    groupChecks(results.map((isPassed, index) => check("payouts", isPassed, index)))[0]?.isPassed;

  expect(verdict(true, true)).toBe(true);
  expect(verdict(true, null)).toBe(null);
  expect(verdict(true, null, false)).toBe(false);
});

test.each(["escrow", "reliability", "penalties", "exclusions", "proving key", "powers of tau"])(
  "the check of %s is explained to somebody who has never seen a proof",
  (name) => expect(explainCheck(name)).not.toBe(""),
);

test("a failure says whom to doubt: the node, where the contract would have refused", () => {
  expect(explainFailure("payouts")).toContain("RPC node");
  expect(explainFailure("model files")).toContain("gateway");
});
