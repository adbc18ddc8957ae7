import { type G1Point, INFINITY, isSamePoint } from "../../protocol/curve.ts";
import { contextHash } from "../../protocol/gram/transcript.ts";
import { packTerms } from "../../protocol/round/public-signals.ts";
import {
  FIRST_TRAINER_SLOT,
  type RoundTerms,
  trainerCount,
} from "../../protocol/rule/round-terms.ts";
import type { RoundEvidence } from "./round-evidence.ts";

/** What a settlement's proofs have to be about. */
export interface RoundStatement {
  /** One a slot, (0, 0) for one that is not active. */
  readonly commitments: readonly G1Point[];
  readonly active: readonly boolean[];
  readonly termsWords: readonly bigint[];
  readonly context: ReturnType<typeof contextHash>;
}

/** The statement that must have been proven, from the chain's events. */
export function roundStatement(evidence: RoundEvidence): RoundStatement {
  const { terms, opening, submissions, request, lastAggregate } = evidence;
  const commitments: G1Point[] = new Array(terms.slots).fill(INFINITY);
  commitments[0] = opening.reference;
  if (terms.usesPayGradient) commitments[1] = opening.payGradient;
  commitments[2] = lastAggregate;
  const baseWeights: number[] = new Array(trainerCount(terms.slots)).fill(0);
  submissions.forEach(({ slot }, index) => {
    if (((request.excludedMask >>> slot) & 1) === 1) return;
    commitments[slot] = request.commitments[index] ?? INFINITY;
    baseWeights[slot - FIRST_TRAINER_SLOT] = evidence.baseWeights[index] ?? 0;
  });
  const roundTerms: RoundTerms = {
    slotCount: terms.slots,
    active: commitments.map((point) => !isSamePoint(point, INFINITY)),
    normBoundSquared: terms.normBoundSquared,
    parameterA: terms.ruleParameterA,
    parameterB: terms.ruleParameterB,
    baseWeights,
  };
  const termsWords = packTerms(roundTerms);
  const context = contextHash({
    chainId: evidence.chainId,
    market: BigInt(evidence.market),
    projectId: request.projectId,
    roundIndex: BigInt(request.roundIndex),
    aggregator: BigInt(evidence.settlement.settledBy),
    ruleId: BigInt(terms.ruleId),
    slotCount: terms.slots,
    parameterCount: terms.parameterCount,
    terms: termsWords,
    modelCommitment: evidence.modelCommitment,
  });
  return { commitments, termsWords, context, active: roundTerms.active };
}
