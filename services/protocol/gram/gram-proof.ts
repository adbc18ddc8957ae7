import type { G1Point } from "../curve.ts";
import { SCALAR_FIELD } from "../curve.ts";
import { scalarPower, scalarSum, toScalar } from "../scalar.ts";
import type { GramMatrix } from "./gram-matrix.ts";
import { alphaChallenge, gammaChallenge, zChallenge, zetaChallenge } from "./transcript.ts";

/** Slots n (without the dummy) for which there are circuits. */
export const SLOT_COUNTS: readonly number[] = [8, 16, 32];

/** The proof on the wire, in this order in JSON and Solidity; its size depends on nothing. */
export interface GramProof {
  readonly S: G1Point;
  readonly R: G1Point;
  /** `Q = f / ((X - zeta)(zeta X - 1))`: the combination of everything that is opened has both opening points as roots. */
  readonly Q: G1Point;
  /** `W = L / (X - z)`: that the quotient is one, shown at one more point. */
  readonly W: G1Point;
  readonly mu: bigint;
  readonly rhoA: bigint;
  readonly a: bigint;
  readonly aInv: bigint;
  readonly s: bigint;
}

/** `alpha^(2^i)` for i = 0..count-1: products of two of them are pairwise distinct powers of alpha. */
export function slotWeights(alpha: bigint, count: number): bigint[] {
  const weights = [alpha];
  while (weights.length < count) {
    const last = weights.at(-1) as bigint;
    weights.push((last * last) % SCALAR_FIELD);
  }
  return weights;
}

/** mu as the circuit computes it: `<A, A>` for `A = sum_i weights[i] * U_i`, the dummy last. */
export function combinedSquare(
  gram: GramMatrix,
  dummyRow: readonly bigint[],
  weights: readonly bigint[],
): bigint {
  const slotCount = gram.length;
  const dummyWeight = weights[slotCount] as bigint;
  const terms: bigint[] = [];
  for (let i = 0; i < slotCount; i++) {
    const weight = weights[i] as bigint;
    for (let j = i; j < slotCount; j++) {
      const both = (i === j ? 1n : 2n) * weight * (weights[j] as bigint);
      terms.push((both % SCALAR_FIELD) * (gram[i]?.[j] as bigint));
    }
    terms.push(2n * ((weight * dummyWeight) % SCALAR_FIELD) * (dummyRow[i] as bigint));
  }
  terms.push(((dummyWeight * dummyWeight) % SCALAR_FIELD) * (dummyRow[slotCount] as bigint));
  return scalarSum(terms);
}

/** Reads `zeta^(d-1) * A(1/zeta)`, the value that R must have at zeta: only a polynomial A of degree below d has such an R. */
export function reversedValue(zeta: bigint, aInv: bigint, parameterCount: number): bigint {
  return (scalarPower(zeta, BigInt(parameterCount - 1)) * aInv) % SCALAR_FIELD;
}

/** Whether zeta and 1/zeta are two different points: 0, 1 and -1 are no challenges. */
export function isOpeningPoint(zeta: bigint): boolean {
  return zeta !== 0n && (zeta * zeta) % SCALAR_FIELD !== 1n;
}

/**
 * The factors of the divisor `(X - zeta)(zeta X - 1)` at z, and what the verifier multiplies its equation by to need no inverse. The
 * line through `(zeta, v)` and `(1/zeta, w)` has at z the value `(zeta l w - m v) / unit`.
 */
export function openingFactors(zeta: bigint, z: bigint) {
  return {
    /** `z - zeta`, zero at zeta. */
    l: toScalar(z - zeta),
    /** `zeta z - 1`, zero at 1/zeta. */
    m: toScalar(zeta * z - 1n),
    /** `1 - zeta^2`. */
    unit: toScalar(1n - zeta * zeta),
  };
}

/** `s' = S(1/zeta)`, which the proof leaves out: `a a' = mu + zeta s + s' / zeta` leaves one value for it. */
export function impliedOpening(
  zeta: bigint,
  { mu, a, aInv, s }: Pick<GramProof, "mu" | "a" | "aInv" | "s">,
): bigint {
  return toScalar(zeta * (a * aInv - mu - zeta * s));
}

/** The challenges of a proof; the last hash is the one from which a settlement's transcript goes on. */
export function gramTranscript(input: {
  readonly context: bigint;
  readonly parameterCount: number;
  readonly commitments: readonly G1Point[];
  readonly dummyCommitment: G1Point;
  readonly gramHash: bigint;
  readonly outcomeWords: readonly bigint[];
  readonly proof: GramProof;
}) {
  const { proof } = input;
  const alpha = alphaChallenge({
    context: input.context,
    parameterCount: input.parameterCount,
    commitments: [...input.commitments, input.dummyCommitment],
    gramHash: input.gramHash,
    outcomeWords: input.outcomeWords,
  });
  const zeta = zetaChallenge(alpha.hash, proof);
  const gamma = gammaChallenge(zeta.hash, proof);
  const z = zChallenge(gamma.hash, proof);
  return { alpha, zeta, gamma, z };
}
