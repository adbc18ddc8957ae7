import { roundPayouts } from "../../protocol/market/payout.ts";
import type { DecodedOutcome } from "../../protocol/round/public-signals.ts";
import { FIRST_TRAINER_SLOT } from "../../protocol/rule/round-terms.ts";
import type { AuditCheck } from "../audit-check.ts";
import type { RoundEvidence } from "../evidence/round-evidence.ts";

/** Computes again what each submission earns by this outcome, and compares; the budget it comes from, too. */
export function checkPayouts(evidence: RoundEvidence, outcome: DecodedOutcome) {
  const { settlement, terms, submissions, forfeitedToTrainersWei, expectedBudgetWei } = evidence;
  const { payoutsWei } = roundPayouts({
    budgetWei: settlement.budgetWei,
    flatBps: terms.flatBps,
    capBps: terms.capBps,
    outcome,
  });
  const readable = submissions.filter((_, index) => outcome.verdicts[index] !== "inactive").length;
  const eachWei = readable === 0 ? 0n : forfeitedToTrainersWei / BigInt(readable);
  const expectedEarningsWei = submissions.map((_, index) =>
    outcome.verdicts[index] === "inactive" ? 0n : (payoutsWei[index] as bigint) + eachWei,
  );
  const wrong = expectedEarningsWei.findIndex(
    (wei, index) => wei !== settlement.earningsWei[index],
  );
  const paidWei = payoutsWei.reduce((sum, wei) => sum + wei, 0n);
  const isPaid = wrong < 0 && paidWei === settlement.paidWei;
  const checks: AuditCheck[] = [
    {
      name: "payouts",
      isPassed: isPaid,
      detail: isPaid
        ? `${paidWei} wei of ${settlement.budgetWei}, every wei as computed`
        : wrong >= 0
          ? `slot ${wrong + FIRST_TRAINER_SLOT} must earn ${expectedEarningsWei[wrong]} wei, the chain says ${settlement.earningsWei[wrong]}`
          : `the payouts sum to ${paidWei} wei, the chain says ${settlement.paidWei}`,
    },
    {
      name: "budget",
      isPassed: expectedBudgetWei === null ? null : expectedBudgetWei === settlement.budgetWei,
      detail:
        expectedBudgetWei === null
          ? "the events before this round are incomplete"
          : `${settlement.budgetWei} wei, expected ${expectedBudgetWei}`,
    },
  ];
  return { checks, expectedEarningsWei };
}
