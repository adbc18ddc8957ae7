import { expect, test } from "vitest";
import { type PayStatement, payStatementText } from "../../services/auditor/explain-trainer.ts";

const statement: PayStatement = {
  projectId: 1n,
  roundIndex: 0,
  trainer: `0x${"a".repeat(40)}`,
  slot: 3,
  submittedIn: `0x${"1".repeat(64)}`,
  bundleCid: "bafkreibundle",
  settledIn: `0x${"2".repeat(64)}`,
  verdict: "accepted",
  reason: "It points along the reference.",
  isVoid: false,
  acceptedTrainers: 3,
  submittedTrainers: 4,
  readableTrainers: 3,
  baseWeight: 100,
  weight: 341,
  share: 21_845,
  budgetWei: 750n,
  flatBps: 1000,
  capBps: 5000,
  flatWei: 25n,
  byShareWei: 225n,
  capWei: 375n,
  payoutWei: 250n,
  forfeitWei: 0n,
  earnedWei: 250n,
};

test("a pay statement says why a round pays from less than its budget, and only then", () => {
  expect(payStatementText(statement)).toContain(
    "budget           750 wei in this round: its 3 parts of 4 that could be read",
  );
  expect(payStatementText({ ...statement, submittedTrainers: 3 })).toMatch(
    /budget {11}750 wei in this round$/m,
  );
});
