import { isSameAddress } from "./address.ts";
import { type G1Point, INFINITY, isSamePoint, type PointArithmetic } from "./curve.ts";
import { CommonweightError } from "./errors.ts";
import { verifyGram } from "./gram-verifier.ts";
import { roundPayouts } from "./payout.ts";
import { type DecodedOutcome, packTerms, publicSignals, unpackOutcome } from "./public-signals.ts";
import { FIRST_TRAINER_SLOT, type RoundTerms, trainerCount } from "./round-terms.ts";
import type { SettleRequest } from "./settlement.ts";
import { isSubmitted, type SubmittedHash, submissionsHash } from "./submissions.ts";
import { contextHash } from "./transcript.ts";

/** All that the chain says about one settled round, and about what came before it. */
export interface RoundEvidence {
  readonly chainId: bigint;
  /** Address of the market contract. */
  readonly market: string;
  readonly terms: {
    readonly slots: number;
    readonly ruleId: number;
    readonly ruleParameterA: number;
    readonly ruleParameterB: number;
    readonly normBoundSquared: bigint;
    readonly parameterCount: number;
    readonly flatBps: number;
    readonly capBps: number;
    readonly usesPayGradient: boolean;
  };
  readonly opening: { readonly reference: G1Point; readonly payGradient: G1Point };
  /** Submission events in order of their slots. */
  readonly submissions: readonly (SubmittedHash & { readonly slot: number })[];
  /** The contract's rolling hash just before the settlement; null when the node keeps no such old state. */
  readonly submissionsHash: string | null;
  /** What the settlement sent. */
  readonly request: SettleRequest;
  /** What the contract announced. */
  readonly settlement: {
    readonly budgetWei: bigint;
    readonly paidWei: bigint;
    readonly outcomeWords: readonly bigint[];
    readonly trainers: readonly string[];
    readonly earningsWei: readonly bigint[];
  };
  /** One base weight per submission, 1 to 1023. */
  readonly baseWeights: readonly number[];
  readonly modelCommitment: G1Point;
  /** Commitment of the last applied aggregate; (0, 0) before the first applied round. */
  readonly lastAggregate: G1Point;
  /** The model that the contract published in this round, or null. */
  readonly published: { readonly commitment: G1Point; readonly cid: string } | null;
  /** The budget that follows from everything before; null when the chain's events are incomplete. */
  readonly expectedBudgetWei: bigint | null;
  /** What aggregators that missed their turns had to give to this round's trainers. */
  readonly forfeitedToTrainersWei: bigint;
}

/** One thing that was looked at. `isPassed` is null when it could not be checked; `detail` says why, or what differs. */
export interface AuditCheck {
  readonly name: string;
  readonly isPassed: boolean | null;
  readonly detail: string;
}

/** What an audit found. */
export interface RoundAudit {
  readonly roundIndex: number;
  readonly checks: readonly AuditCheck[];
  readonly outcome: (DecodedOutcome & { readonly isVoid: boolean }) | null;
  /** What each submission must earn by the proven outcome, to the wei. */
  readonly expectedEarningsWei: readonly bigint[];
}

/** The statement that must have been proven, from the chain's events. */
function statementOf(evidence: RoundEvidence) {
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
    ruleId: BigInt(terms.ruleId),
    slotCount: terms.slots,
    parameterCount: terms.parameterCount,
    terms: termsWords,
    modelCommitment: evidence.modelCommitment,
  });
  return { commitments, termsWords, context, active: roundTerms.active };
}

function checkSubmissions(evidence: RoundEvidence): AuditCheck[] {
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

function checkPayouts(evidence: RoundEvidence, outcome: DecodedOutcome) {
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

async function checkModel(
  evidence: RoundEvidence,
  outcome: DecodedOutcome,
  statement: ReturnType<typeof statementOf>,
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

async function checkProofs(
  evidence: RoundEvidence,
  statement: ReturnType<typeof statementOf>,
  verifiers: AuditVerifiers,
): Promise<AuditCheck[]> {
  const { proof } = evidence.request;
  const gram = await verifyGram({
    curve: verifiers.curve,
    proof: proof.gram,
    commitments: statement.commitments,
    dummyCommitment: proof.dummyCommitment,
    gramHash: proof.gramHash,
    outcomeWords: evidence.settlement.outcomeWords,
    context: statement.context,
    parameterCount: evidence.terms.parameterCount,
  });
  if (!gram.isAccepted) {
    return [
      { name: "Gram proof", isPassed: false, detail: gram.reason },
      { name: "rule proof", isPassed: false, detail: "has no inputs without a Gram proof" },
    ];
  }
  const isProven = await verifiers.verifyRule({
    publicSignals: publicSignals({
      outcomeWords: evidence.settlement.outcomeWords,
      alpha: gram.alpha,
      mu: gram.mu,
      gramHash: proof.gramHash,
      termsWords: statement.termsWords,
    }),
    groth16: proof.groth16,
  });
  return [
    {
      name: "Gram proof",
      isPassed: true,
      detail: "the committed updates have the hashed inner products",
    },
    {
      name: "rule proof",
      isPassed: isProven,
      detail: isProven
        ? "the outcome follows from the inner products by the rule"
        : "the outcome is not proven",
    },
  ];
}

/** What an audit computes with; nothing of it is a secret. */
export interface AuditVerifiers {
  readonly curve: PointArithmetic;
  /** Verifies a proof under the key of the project's rule and number of slots. */
  readonly verifyRule: (proof: {
    readonly publicSignals: readonly bigint[];
    readonly groth16: readonly bigint[];
  }) => Promise<boolean>;
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
    const statement = statementOf(evidence);
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
    checks.push(...(await checkModel(evidence, outcome, statement, verifiers.curve)));
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
