import { readFileSync } from "node:fs";
import { bn254 } from "@noble/curves/bn254.js";
import { getAddress, toBeHex } from "ethers";
import { type G1Point, INFINITY } from "../../services/protocol/curve.ts";
import type { GramProof } from "../../services/protocol/gram/gram-proof.ts";
import type { RoundProof } from "../../services/protocol/round/settlement.ts";
import { scalarPower, toScalar } from "../../services/protocol/scalar.ts";
import { type EvmG2Point, type TrapdoorKey, trapdoorKey } from "./trapdoor-groth16.ts";

/** Solidity's `RoundStatement`. */
export interface RoundStatement {
  readonly market: string;
  readonly projectId: bigint;
  readonly roundIndex: bigint;
  readonly aggregator: string;
  readonly ruleId: bigint;
  readonly slots: bigint;
  readonly parameterCount: bigint;
  readonly termsWords: readonly bigint[];
  readonly modelCommitment: G1Point;
  readonly commitments: readonly G1Point[];
}

/** A round that the verifier must accept, and what it must say. */
export interface VerifiedRound {
  readonly name: string;
  readonly statement: RoundStatement;
  readonly proof: RoundProof;
  readonly signals: readonly bigint[];
  readonly shares: readonly number[];
  readonly weights: readonly number[];
  readonly verdicts: readonly number[];
  readonly newModelCommitment: G1Point;
}

export const VERIFIER_KEYS: readonly TrapdoorKey[] = [8, 16, 32].map((slots) =>
  trapdoorKey(1, slots),
);

/** The key of a statement's rule and slots. */
export function keyOf(statement: RoundStatement): TrapdoorKey {
  const key = VERIFIER_KEYS.find(({ slots }) => BigInt(slots) === statement.slots);
  if (!key) throw new TypeError(`no key for ${statement.slots} slots`);
  return key;
}

/** `sum scalars[i] * points[i]`, by a library that the code under test does not use. */
export function combinePoints(points: readonly G1Point[], scalars: readonly bigint[]): G1Point {
  const { Point } = bn254.G1;
  let sum = Point.ZERO;
  for (const [i, point] of points.entries()) {
    const scalar = toScalar(scalars[i] ?? 0n);
    if (scalar === 0n || (point.x === 0n && point.y === 0n)) continue;
    sum = sum.add(Point.fromAffine(point).multiply(scalar));
  }
  return sum.is0() ? INFINITY : sum.toAffine();
}

/** The public signals in the circuit's order, written down here once more so that the contract's are checked. */
export function publicSignals(
  statement: RoundStatement,
  proof: RoundProof,
  alpha: bigint,
): bigint[] {
  const words = [...proof.outcomeWords, ...statement.termsWords, proof.gram.mu];
  const folded = words.reduce((sum, word, k) => sum + word * scalarPower(alpha, BigInt(k)), 0n);
  return [toScalar(folded), alpha, proof.gramHash];
}

type VectorFile = { setup: { tauG2: EvmG2Point }; cases: readonly VectorCase[] };
interface VectorCase {
  name: string;
  context: Record<"market" | "projectId" | "roundIndex" | "aggregator" | "ruleId", bigint> & {
    slotCount: number;
    parameterCount: number;
    terms: bigint[];
    modelCommitment: G1Point;
  };
  commitments: G1Point[];
  dummyCommitment: G1Point;
  gramHash: bigint;
  proof: GramProof;
  alpha: bigint;
  settlement: { weights: number[]; shares: number[]; outcome: bigint[]; aggregate: G1Point };
}

/** gram-proof.json, its decimal strings as bigints. */
const vectors: VectorFile = JSON.parse(
  readFileSync(new URL("../vectors/gram-proof.json", import.meta.url), "utf8"),
  (_, value) => (typeof value === "string" && /^-?\d+$/.test(value) ? BigInt(value) : value),
);

/** Tau in the second group, in the EVM's order of coordinates. */
export const DEVELOPMENT_TAU_G2: EvmG2Point = {
  x: [vectors.setup.tauG2.x[1], vectors.setup.tauG2.x[0]],
  y: [vectors.setup.tauG2.y[1], vectors.setup.tauG2.y[0]],
};

/** The rounds of gram-proof.json with a rule proof under the test keys. */
export function vectorRounds(): VerifiedRound[] {
  return vectors.cases.map((round) => {
    const { context, settlement } = round;
    const statement: RoundStatement = {
      market: getAddress(toBeHex(context.market, 20)),
      projectId: context.projectId,
      roundIndex: context.roundIndex,
      aggregator: getAddress(toBeHex(context.aggregator, 20)),
      ruleId: context.ruleId,
      slots: BigInt(context.slotCount),
      parameterCount: BigInt(context.parameterCount),
      termsWords: context.terms,
      modelCommitment: context.modelCommitment,
      commitments: round.commitments,
    };
    const unproven: RoundProof = {
      gram: round.proof,
      dummyCommitment: round.dummyCommitment,
      gramHash: round.gramHash,
      outcomeWords: settlement.outcome,
      aggregateCommitment: settlement.aggregate,
      groth16: [],
    };
    const signals = publicSignals(statement, unproven, round.alpha);
    return {
      name: round.name,
      statement,
      proof: { ...unproven, groth16: keyOf(statement).prove(signals) },
      signals,
      shares: settlement.shares.slice(3),
      weights: settlement.weights.slice(3),
      verdicts: round.commitments.slice(3).map(({ x, y }) => (x === 0n && y === 0n ? 0 : 1)),
      newModelCommitment: combinePoints([context.modelCommitment, settlement.aggregate], [1n, 1n]),
    };
  });
}
