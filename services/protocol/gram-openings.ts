import {
  type Curve,
  type G1Point,
  type LongCallOptions,
  SCALAR_FIELD,
  type ScalarVector,
} from "./curve.ts";
import { CommonweightError } from "./errors.ts";
import { gramErrors } from "./gram-errors.ts";
import type { GramProof } from "./gram-proof.ts";
import { scalarInverse } from "./scalar.ts";
import { type Challenge, gammaChallenge, zetaChallenge } from "./transcript.ts";

/** The combined vector A and what is claimed about it. */
export interface GramOpening {
  readonly vectorA: ScalarVector;
  readonly alpha: Challenge;
  readonly mu: bigint;
  readonly rhoA: bigint;
}

/** Reports progress between two fractions of the whole. */
export type PartialProgress = (from: number, to: number) => LongCallOptions["onProgress"];

/** Steps 2 to 4 of the protocol: S and R, the opened values, the quotients. Almost all of a proof's time. */
export async function openCombination(
  curve: Curve,
  { vectorA, alpha, mu, rhoA }: GramOpening,
  { signal, part }: { readonly signal: AbortSignal | undefined; readonly part: PartialProgress },
): Promise<GramProof> {
  const vectorR = await curve.reverse(vectorA);
  // R needs only A: its commitment fills whatever the transforms behind S leave idle.
  const [R, { vectorS, S }] = await Promise.all([
    curve.commitScalars(vectorR, { signal, onProgress: part(0, 0.25) }),
    commitAutocorrelation(curve, vectorA, { signal, onProgress: part(0.25, 0.5) }),
  ]);
  const zeta = zetaChallenge(alpha.hash, { mu, rhoA, S, R });
  if (zeta.value === 0n) throw new CommonweightError(gramErrors.challengeDegenerate);
  const zetaInv = scalarInverse(zeta.value);
  const at = [zeta.value, zetaInv];
  const [a, aInv] = (await curve.evaluate(vectorA, at)) as [bigint, bigint];
  const [s, sInv] = (await curve.evaluate(vectorS, at)) as [bigint, bigint];
  const gamma = gammaChallenge(zeta.hash, { a, aInv, s, sInv });
  const gammaSquared = (gamma.value * gamma.value) % SCALAR_FIELD;
  const [W1, W2] = await Promise.all([
    commitQuotient(curve, {
      vectors: [vectorA, vectorS, vectorR],
      weights: [1n, gamma.value, gammaSquared],
      point: zeta.value,
      options: { signal, onProgress: part(0.5, 0.75) },
    }),
    commitQuotient(curve, {
      vectors: [vectorA, vectorS],
      weights: [1n, gamma.value],
      point: zetaInv,
      options: { signal, onProgress: part(0.75, 1) },
    }),
  ]);
  return { S, R, W1, W2, mu, rhoA, a, aInv, s, sInv, zetaInv };
}

async function commitAutocorrelation(
  curve: Curve,
  vectorA: ScalarVector,
  options: LongCallOptions,
): Promise<{ readonly vectorS: ScalarVector; readonly S: G1Point }> {
  const vectorS = await curve.autocorrelation(vectorA, options);
  return { vectorS, S: await curve.commitScalars(vectorS, options) };
}

async function commitQuotient(
  curve: Curve,
  opening: {
    readonly vectors: readonly ScalarVector[];
    readonly weights: readonly bigint[];
    readonly point: bigint;
    readonly options: LongCallOptions;
  },
): Promise<G1Point> {
  const { vectors, weights, point, options } = opening;
  const quotient = await curve.openingQuotient(vectors, weights, point, options);
  return curve.commitScalars(quotient, options);
}
