import { INFINITY, isSamePoint, type PointArithmetic } from "../../protocol/curve.ts";
import type { DecodedOutcome } from "../../protocol/round/public-signals.ts";
import { FIRST_TRAINER_SLOT } from "../../protocol/rule/round-terms.ts";
import type { AuditCheck } from "../audit-check.ts";
import type { RoundEvidence } from "../evidence/round-evidence.ts";
import type { RoundStatement } from "../evidence/round-statement.ts";

/** Whether the model moved by the weighted sum of what was accepted, and stayed where it was in a void round. */
export async function checkNewModel(
  evidence: RoundEvidence,
  outcome: DecodedOutcome,
  statement: RoundStatement,
  curve: PointArithmetic,
): Promise<AuditCheck[]> {
  const { request, published, modelCommitment } = evidence;
  const isVoid = outcome.weights.every((weight) => weight === 0);
  const { aggregateCommitment } = request.proof;
  const aggregate = isVoid
    ? INFINITY
    : await curve.linearCombination(
        statement.commitments.slice(FIRST_TRAINER_SLOT),
        outcome.weights.map(BigInt),
      );
  const isAggregate = isSamePoint(aggregate, aggregateCommitment);
  const checks: AuditCheck[] = [
    {
      name: "aggregate",
      isPassed: isAggregate,
      detail: isAggregate
        ? "the weighted sum of the accepted commitments"
        : "the settled aggregate is not the weighted sum of the accepted commitments",
    },
  ];
  if (isVoid) {
    const isKept = published === null;
    const detail = isKept ? "void round: the model stays" : "a void round moved the model";
    return [...checks, { name: "model", isPassed: isKept, detail }];
  }
  const expected = await curve.linearCombination([modelCommitment, aggregate], [1n, 1n]);
  const isMoved =
    published !== null &&
    isSamePoint(expected, published.commitment) &&
    published.cid === request.newModelCid;
  return [
    ...checks,
    {
      name: "model",
      isPassed: isMoved,
      detail: isMoved
        ? "the old commitment plus the aggregate"
        : "the published commitment is not the old one plus the aggregate",
    },
  ];
}
