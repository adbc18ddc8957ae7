import type { Curve, G1Point } from "../../services/protocol/curve.ts";
import { BLINDING_BASE } from "../../services/protocol/gram/blinding-base.ts";
import type { RoundToProve } from "../../services/protocol/round/prove-round.ts";
import { packTerms } from "../../services/protocol/round/public-signals.ts";
import type { RoundRule } from "../../services/protocol/rule/round-rule.ts";
import type { RoundTerms } from "../../services/protocol/rule/round-terms.ts";
import { seededSlots } from "../protocol/gram-cases.ts";
import { combinePoints, type RoundStatement } from "./verifier-rounds.ts";

/** Entries of every vector in these rounds. */
export const CIRCUIT_ROUND_PARAMETERS = 64;
const MARKET = "0x5FbDB2315678afecb367f032d93F642f64180aa3";
const AGGREGATOR = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";
const MODEL_COMMITMENT: G1Point = { x: 1n, y: 2n };

/** Updates that resemble the reference, one that points the other way, one that is missing. */
export async function circuitRound(
  curve: Curve,
  rule: RoundRule,
  slotCount: number,
): Promise<RoundToProve> {
  const slots = seededSlots(`real ${slotCount}`, slotCount, CIRCUIT_ROUND_PARAMETERS, [
    slotCount - 1,
  ]).map((vector, slot) =>
    slot === 4 && vector ? vector.map((value) => -value) : vector,
  ) as RoundToProve["slots"];
  const blindings = slots.map((vector, slot) => (vector ? 10n ** BigInt(slot + 20) : 0n));
  const commitments: G1Point[] = [];
  for (const [slot, vector] of slots.entries()) {
    commitments.push(
      vector
        ? combinePoints(
            [await curve.commitIntegers(vector), BLINDING_BASE],
            [1n, blindings[slot] ?? 0n],
          )
        : { x: 0n, y: 0n },
    );
  }
  const terms: RoundTerms = {
    slotCount,
    active: slots.map((vector) => vector !== null),
    normBoundSquared: 1n << 50n,
    // Multi-Krum: one attacker at most, three are selected.
    parameterA: rule.id === 2 ? 1 : 0,
    parameterB: rule.id === 2 ? 3 : 0,
    baseWeights: slots.slice(3).map((vector, trainer) => (vector ? 100 + trainer : 0)),
  };
  const context = {
    chainId: 31337n,
    market: BigInt(MARKET),
    projectId: 1n,
    roundIndex: 4n,
    aggregator: BigInt(AGGREGATOR),
    parameterCount: CIRCUIT_ROUND_PARAMETERS,
    modelCommitment: MODEL_COMMITMENT,
  };
  return { context, rule, terms, slots, blindings, commitments };
}

/** What the market would state about the round. */
export function statementOf(round: RoundToProve): RoundStatement {
  return {
    market: MARKET,
    projectId: round.context.projectId,
    roundIndex: round.context.roundIndex,
    aggregator: AGGREGATOR,
    ruleId: BigInt(round.rule.id),
    slots: BigInt(round.terms.slotCount),
    parameterCount: BigInt(CIRCUIT_ROUND_PARAMETERS),
    termsWords: packTerms(round.terms),
    modelCommitment: MODEL_COMMITMENT,
    commitments: round.commitments,
  };
}
