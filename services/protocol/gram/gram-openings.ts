import type { Curve, G1Point, LongCallOptions, ScalarVector } from "../curve.ts";
import { CommonweightError } from "../errors.ts";
import { scalarInverse, toScalar } from "../scalar.ts";
import { gramErrors } from "./gram-errors.ts";
import { type GramProof, isOpeningPoint, openingFactors } from "./gram-proof.ts";
import { type Challenge, gammaChallenge, zChallenge, zetaChallenge } from "./transcript.ts";

/** The combined vector A and what is claimed about it. */
export interface GramOpening {
  readonly vectorA: ScalarVector;
  readonly alpha: Challenge;
  readonly mu: bigint;
  readonly rhoA: bigint;
}

/** Reports progress between two fractions of the whole. */
export type PartialProgress = (from: number, to: number) => LongCallOptions["onProgress"];

/** Steps 2 to 5 of the protocol: S and R, the opened values, the two quotients. Almost all of a proof's time. */
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
  if (!isOpeningPoint(zeta.value)) throw new CommonweightError(gramErrors.challengeDegenerate);
  const zetaInv = scalarInverse(zeta.value);
  const [a, aInv] = (await curve.evaluate(vectorA, [zeta.value, zetaInv])) as [bigint, bigint];
  const [s] = (await curve.evaluate(vectorS, [zeta.value])) as [bigint];
  const gamma = gammaChallenge(zeta.hash, { a, aInv, s });
  const { Q, U } = await commitQuotients(
    curve,
    { vectorA, vectorS, vectorR },
    { zeta: zeta.value, gamma: gamma.value },
    { signal, part },
  );
  const z = zChallenge(gamma.hash, { Q });
  const { m } = openingFactors(zeta.value, z.value);
  const W = await curve.linearCombination([Q, U], [m, 1n]);
  return { S, R, Q, W, mu, rhoA, a, aInv, s };
}

async function commitAutocorrelation(
  curve: Curve,
  vectorA: ScalarVector,
  options: LongCallOptions,
): Promise<{ readonly vectorS: ScalarVector; readonly S: G1Point }> {
  const vectorS = await curve.autocorrelation(vectorA, options);
  return { vectorS, S: await curve.commitScalars(vectorS, options) };
}

/**
 * Commits to `U = (P - P(1/zeta)) / (X - 1/zeta)` for `P = A + gamma S`, and to `Q = (U / zeta + gamma^2 R - its value at zeta) / (X - zeta)`.
 *
 * This is the Q of the protocol, `(P - r_P) / ((X - zeta)(zeta X - 1)) + gamma^2 (R - r) / (X - zeta)`: `U / zeta` is P divided by
 * `zeta X - 1`, and what that leaves of the line r_P is a constant, which the second division drops. And `W = m Q + U`: what is divided
 * by `X - z` is, up to constants, `P + gamma^2 m R - l m Q = (zeta X - 1) U / zeta + m ((X - zeta) Q - U / zeta) - l m Q = (X - z)(U + m Q)`.
 * So neither waits for z, and both are committed to at the same time.
 */
async function commitQuotients(
  curve: Curve,
  vectors: Record<"vectorA" | "vectorS" | "vectorR", ScalarVector>,
  { zeta, gamma }: Record<"zeta" | "gamma", bigint>,
  { signal, part }: { readonly signal: AbortSignal | undefined; readonly part: PartialProgress },
): Promise<Record<"Q" | "U", G1Point>> {
  const { vectorA, vectorS, vectorR } = vectors;
  const zetaInv = scalarInverse(zeta);
  const vectorU = await curve.openingQuotient([vectorA, vectorS], [1n, gamma], zetaInv, { signal });
  const commitQ = async () => {
    const weights = [zetaInv, toScalar(gamma * gamma)];
    const vectorQ = await curve.openingQuotient([vectorU, vectorR], weights, zeta, { signal });
    return curve.commitScalars(vectorQ, { signal, onProgress: part(0.5, 0.75) });
  };
  const [U, Q] = await Promise.all([
    curve.commitScalars(vectorU, { signal, onProgress: part(0.75, 1) }),
    commitQ(),
  ]);
  return { Q, U };
}
