import { type Curve, type G1Point, INFINITY, type LongCallOptions } from "../curve.ts";
import { CommonweightError } from "../errors.ts";
import type { GramMatrix, SlotVector } from "../gram/gram-matrix.ts";
import { proveGram } from "../gram/prove-gram.ts";
import { contextHash, type RoundContext } from "../gram/transcript.ts";
import { type BlindedModel, blindedAggregate } from "../model/apply-round.ts";
import type { RoundRule, RoundRuleOutcome } from "../rule/round-rule.ts";
import { FIRST_TRAINER_SLOT, type RoundTerms } from "../rule/round-terms.ts";
import { ruleErrors } from "../rule/rule-errors.ts";
import type { RandomBytes } from "../scalar.ts";
import { packOutcome, packTerms, publicSignals } from "./public-signals.ts";
import type { RoundProof } from "./settlement.ts";

/** What the rule circuit is given besides its public terms. */
export interface RuleProofInput {
  readonly ruleId: number;
  readonly terms: RoundTerms;
  readonly gram: GramMatrix;
  readonly dummyRow: readonly bigint[];
  readonly salt: bigint;
  readonly alpha: bigint;
  readonly gramHash: bigint;
  /** What the rule decides in TypeScript: the circuit must come to the same. */
  readonly outcome: RoundRuleOutcome;
}

/** The Groth16 prover, as this module needs it; implemented by `adapters/snark`. */
export type ProveRule = (
  input: RuleProofInput,
  options: LongCallOptions,
) => Promise<{
  /** pA, pB, pC in the order of the EVM's pairing precompile. */
  readonly groth16: readonly bigint[];
  /** As the circuit puts them out. */
  readonly publicSignals: readonly bigint[];
}>;

/** A round as the aggregator holds it after every bundle is open. */
export interface RoundToProve {
  readonly context: Omit<RoundContext, "terms" | "slotCount" | "ruleId">;
  readonly rule: RoundRule;
  readonly terms: RoundTerms;
  /** One entry a slot: r, g, p, then the trainers; null where inactive. */
  readonly slots: readonly SlotVector[];
  readonly blindings: readonly bigint[];
  /** As the chain has them; `(0, 0)` where inactive. */
  readonly commitments: readonly G1Point[];
}

/** A proven round: what to settle with, and the aggregate to add to the model. */
export interface ProvenRound {
  readonly proof: RoundProof;
  readonly outcome: RoundRuleOutcome;
  readonly aggregate: BlindedModel;
  readonly gram: GramMatrix;
}

/** What a round decides, known before all of its proof is. */
export interface DecidedRound {
  readonly outcome: RoundRuleOutcome;
  readonly aggregate: BlindedModel;
  readonly aggregateCommitment: G1Point;
}

/** How a round is proven. */
export interface ProveRoundOptions extends LongCallOptions {
  /** Told before anything is proven: whoever needs the new model need not wait for that. */
  readonly onDecided?: (decided: DecidedRound) => void;
}

/** What follows from the rule's decision: the aggregate and its commitment. */
async function decideRound(
  curve: Curve,
  { slots, blindings, commitments, context }: RoundToProve,
  outcome: RoundRuleOutcome,
): Promise<DecidedRound> {
  const trainers = Array.from(outcome.weights, (weight, index) => ({
    weight,
    update: slots[FIRST_TRAINER_SLOT + index] as Int16Array | null,
    blinding: blindings[FIRST_TRAINER_SLOT + index] as bigint,
  }));
  return {
    outcome,
    aggregate: blindedAggregate(trainers, context.parameterCount),
    aggregateCommitment: outcome.isVoid
      ? INFINITY
      : await curve.linearCombination(
          commitments.slice(FIRST_TRAINER_SLOT),
          outcome.weights.map(BigInt),
        ),
  };
}

/**
 * Proves a round: Gram matrix, rule, shares and aggregate, ready for `settleRound`.
 *
 * @throws CommonweightError CW1001 when the circuit and the rule in TypeScript disagree: a bug of ours, never settled.
 */
export async function proveRound(
  round: RoundToProve,
  capabilities: { curve: Curve; proveRule: ProveRule; randomBytes: RandomBytes },
  options: ProveRoundOptions = {},
): Promise<ProvenRound> {
  const { curve, proveRule, randomBytes } = capabilities;
  const { context, rule, terms, slots, blindings, commitments } = round;
  const report = (from: number, to: number) => (fraction: number, step: string) =>
    options.onProgress?.(from + (to - from) * fraction, step);

  const termsWords = packTerms(terms);
  const deciding = Promise.withResolvers<DecidedRound>();
  const proven = await proveGram({
    curve,
    slots,
    blindings,
    commitments,
    context: contextHash({
      ...context,
      ruleId: BigInt(rule.id),
      slotCount: terms.slotCount,
      terms: termsWords,
    }),
    parameterCount: context.parameterCount,
    terms: termsWords,
    decide: async (gram) => {
      const decided = await decideRound(curve, round, rule.evaluate({ terms, gram }));
      deciding.resolve(decided);
      options.onDecided?.(decided);
      return packOutcome(decided.outcome);
    },
    randomBytes,
    signal: options.signal,
    onProgress: report(0, 0.7),
  });
  const { outcome, aggregate, aggregateCommitment } = await deciding.promise;
  const { alpha, mu, gramHash, outcomeWords } = proven;
  const { groth16, publicSignals: signals } = await proveRule(
    {
      ruleId: rule.id,
      terms,
      gram: proven.gram,
      dummyRow: proven.dummyRow,
      salt: proven.salt,
      alpha,
      gramHash,
      outcome,
    },
    { signal: options.signal, onProgress: report(0.7, 0.95) },
  );
  const expected = publicSignals({ outcomeWords, alpha, mu, gramHash, termsWords });
  if (expected.some((each, index) => each !== signals[index])) {
    throw new CommonweightError(
      ruleErrors.gramMalformed,
      "the circuit and the rule decide this round differently",
    );
  }
  options.onProgress?.(1, "proven");
  return {
    outcome,
    aggregate,
    gram: proven.gram,
    proof: {
      gram: proven.proof,
      dummyCommitment: proven.dummyCommitment,
      gramHash,
      outcomeWords,
      aggregateCommitment,
      groth16,
    },
  };
}
