import { isSameAddress } from "../../protocol/address.ts";
import { type G1Point, isSamePoint } from "../../protocol/curve.ts";
import { isSubmitted, submissionsHash } from "../../protocol/market/submissions.ts";
import { FIRST_TRAINER_SLOT } from "../../protocol/rule/round-terms.ts";
import type { AuditCheck } from "../audit-check.ts";
import type { RoundEvidence } from "../evidence/round-evidence.ts";

/** Whether what was settled is what was submitted, by the submissions themselves and by the contract's rolling hash of them. */
export function checkSubmissions(evidence: RoundEvidence): AuditCheck[] {
  const { opening, submissions, request, settlement } = evidence;
  const isSame =
    isSamePoint(opening.reference, request.reference) &&
    isSamePoint(opening.payGradient, request.payGradient) &&
    submissions.length === request.trainers.length &&
    submissions.length === request.commitments.length &&
    submissions.length === settlement.trainers.length &&
    submissions.every(
      (submission, index) =>
        submission.slot === index + FIRST_TRAINER_SLOT &&
        isSameAddress(submission.trainer, request.trainers[index] as string) &&
        isSameAddress(submission.trainer, settlement.trainers[index] as string) &&
        isSubmitted(submission, request.commitments[index] as G1Point),
    );
  const hash = submissionsHash({ ...evidence, ...request, ...opening, submissions });
  return [
    {
      name: "submissions",
      isPassed: isSame,
      detail: isSame
        ? `${submissions.length} commitments, each the one that its trainer submitted the hash of`
        : "the settled commitments are not those that were submitted",
    },
    {
      name: "rolling hash",
      isPassed: evidence.submissionsHash === null ? null : evidence.submissionsHash === hash,
      detail: evidence.submissionsHash === null ? "the node keeps no state of that block" : hash,
    },
  ];
}
