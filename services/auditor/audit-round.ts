import { CommonweightError } from "../protocol/errors.ts";
import { type DecodedOutcome, unpackOutcome } from "../protocol/round/public-signals.ts";
import { FIRST_TRAINER_SLOT } from "../protocol/rule/round-terms.ts";
import type { AuditCheck } from "./audit-check.ts";
import { checkNewModel } from "./checks/check-new-model.ts";
import { checkPayouts } from "./checks/check-payouts.ts";
import { type AuditVerifiers, checkProofs } from "./checks/check-proofs.ts";
import { checkSubmissions } from "./checks/check-submissions.ts";
import type { RoundEvidence } from "./evidence/round-evidence.ts";
import { roundStatement } from "./evidence/round-statement.ts";

/** What an audit found. */
export interface RoundAudit {
  readonly roundIndex: number;
  readonly checks: readonly AuditCheck[];
  readonly outcome: (DecodedOutcome & { readonly isVoid: boolean }) | null;
  /** What each submission must earn by the proven outcome, to the wei. */
  readonly expectedEarningsWei: readonly bigint[];
}

/**
 * Replays a settled round: everything that the contract decided is decided again here, from the chain's own data.
 * Never throws on bad data: what does not hold is a check that did not pass.
 */
export async function auditRound(
  evidence: RoundEvidence,
  verifiers: AuditVerifiers,
): Promise<RoundAudit> {
  const { request, settlement, terms } = evidence;
  const { roundIndex } = request;
  const checks = checkSubmissions(evidence);
  try {
    const statement = roundStatement(evidence);
    const isAnnounced =
      request.proof.outcomeWords.length === settlement.outcomeWords.length &&
      request.proof.outcomeWords.every((each, index) => each === settlement.outcomeWords[index]);
    const outcome = unpackOutcome(settlement.outcomeWords, terms.slots);
    const isComplete = outcome.verdicts.every(
      (verdict, index) =>
        (verdict === "inactive") === !statement.active[index + FIRST_TRAINER_SLOT],
    );
    checks.push(...(await checkProofs(evidence, statement, verifiers)));
    checks.push({
      name: "outcome",
      isPassed: isAnnounced && isComplete,
      detail: !isAnnounced
        ? "the announced outcome is not the settled one"
        : isComplete
          ? "every readable update has a verdict"
          : "the verdicts do not belong to the readable updates",
    });
    checks.push(...(await checkNewModel(evidence, outcome, statement, verifiers.curve)));
    const payouts = checkPayouts(evidence, outcome);
    checks.push(...payouts.checks);
    const isVoid = outcome.weights.every((weight) => weight === 0);
    return {
      roundIndex,
      checks,
      outcome: { ...outcome, isVoid },
      expectedEarningsWei: payouts.expectedEarningsWei,
    };
  } catch (error) {
    // Words that decode to nothing: found in the data of a hostile node, never in those of a chain that verified them.
    if (!(error instanceof CommonweightError)) throw error;
    checks.push({ name: "data", isPassed: false, detail: `${error.code}: ${error.message}` });
    return { roundIndex, checks, outcome: null, expectedEarningsWei: [] };
  }
}
