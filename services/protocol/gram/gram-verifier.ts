import type { G1Point, PointArithmetic } from "../curve.ts";
import { isScalar } from "../scalar.ts";
import { BLINDING_BASE, isG1Point } from "./blinding-base.ts";
import {
  type GramProof,
  gramTranscript,
  impliedOpening,
  isOpeningPoint,
  openingFactors,
  reversedValue,
  SLOT_COUNTS,
  slotWeights,
} from "./gram-proof.ts";

/** What everybody can see of a Gram proof. */
export interface VerifyGramParameters {
  /** No powers of tau are needed: `openVerifierCurve()` is enough. */
  readonly curve: PointArithmetic;
  readonly proof: GramProof;
  /** C_0 .. C_(n-1) from the chain; (0, 0) exactly for the inactive slots. */
  readonly commitments: readonly G1Point[];
  readonly dummyCommitment: G1Point;
  readonly gramHash: bigint;
  /** The packed outcome, which alpha depends on. */
  readonly outcomeWords: readonly bigint[];
  readonly context: bigint;
  readonly parameterCount: number;
}

/** Accepted, with the public inputs that the rule circuit's proof must have; or rejected, and why. */
export type GramVerdict =
  | { readonly isAccepted: true; readonly alpha: bigint; readonly mu: bigint }
  | { readonly isAccepted: false; readonly reason: string };

const GENERATOR: G1Point = { x: 1n, y: 2n };

function reject(reason: string): GramVerdict {
  return { isAccepted: false, reason };
}

/** The first malformed part of what was sent, or null. Everything here must hold before anything is hashed. */
function malformedPart(input: VerifyGramParameters): string | null {
  const { proof, commitments, dummyCommitment, gramHash, context, parameterCount } = input;
  if (!SLOT_COUNTS.includes(commitments.length)) return "number of commitments";
  if (!Number.isSafeInteger(parameterCount) || parameterCount < 1) return "parameter count";
  if (context < 0n || context >> 256n !== 0n) return "context";
  const { S, R, Q, W, ...scalars } = proof;
  for (const [name, value] of Object.entries({ ...scalars, gramHash })) {
    // A value plus p computes the same but hashes differently: a second proof for free.
    if (!isScalar(value)) return `${name} is not a field element`;
  }
  for (const [name, point] of Object.entries({ S, R, Q, W, dummyCommitment })) {
    if (!isG1Point(point)) return `${name} is not on the curve`;
  }
  if (!input.outcomeWords.every(isScalar)) return "an outcome word is not a field element";
  const bad = commitments.findIndex((point) => !isG1Point(point));
  return bad < 0 ? null : `commitment ${bad} is not on the curve`;
}

/**
 * Verifies a Gram proof: the committed slots have the Gram matrix behind `gramHash`, provided that a rule-circuit
 * proof with the returned alpha and mu and this gramHash verifies too. Never throws on bad data: it rejects.
 *
 * Twin: `GramProof.sol`.
 */
export async function verifyGram(input: VerifyGramParameters): Promise<GramVerdict> {
  const malformed = malformedPart(input);
  if (malformed) return reject(malformed);
  const { curve, proof, commitments, dummyCommitment, parameterCount } = input;
  const { alpha, zeta, gamma, z } = gramTranscript(input);
  const { S, R, Q, W, mu, rhoA, a, aInv, s } = proof;
  if (alpha.value === 0n) return reject("alpha is zero");
  if (!isOpeningPoint(zeta.value)) return reject("zeta is its own inverse, or has none");

  // L(z) = 0, multiplied by 1 - zeta^2.
  const { l, m, unit } = openingFactors(zeta.value, z.value);
  const weights = slotWeights(alpha.value, commitments.length + 1);
  const gammaSquared = gamma.value * gamma.value;
  const sInv = impliedOpening(zeta.value, proof);
  const reversed = reversedValue(zeta.value, aInv, parameterCount);
  const opened =
    zeta.value * l * (aInv + gamma.value * sInv) -
    m * (a + gamma.value * s) +
    unit * gammaSquared * m * reversed;
  const left = await curve.linearCombination(
    [...commitments, dummyCommitment, BLINDING_BASE, S, R, Q, W, GENERATOR],
    [
      ...weights.map((weight) => weight * unit),
      -rhoA * unit,
      gamma.value * unit,
      gammaSquared * m * unit,
      -l * m * unit,
      z.value * unit,
      -opened,
    ],
  );
  const right = await curve.linearCombination([W], [-unit]);
  const isAccepted = await curve.isPairingProductOne([
    { g1: left, g2: "one" },
    { g1: right, g2: "tau" },
  ]);
  return isAccepted ? { isAccepted, alpha: alpha.value, mu } : reject("the pairing equation fails");
}
