import type { Curve, G1Point } from "../../services/protocol/curve.ts";
import { BLINDING_BASE } from "../../services/protocol/gram/blinding-base.ts";
import { gramHash } from "../../services/protocol/gram/gram-hash.ts";
import type { GramMatrix } from "../../services/protocol/gram/gram-matrix.ts";
import { combinedSquare, slotWeights } from "../../services/protocol/gram/gram-proof.ts";
import { alphaChallenge } from "../../services/protocol/gram/transcript.ts";
import { toScalar } from "../../services/protocol/scalar.ts";
import { addScaled, dot } from "./bigint-polynomials.ts";
import { type OpeningCheat, openCheatingly } from "./cheating-openings.ts";

/**
 * A prover that computes every step in plain bigints over any field elements, and lets a test change one step; all later
 * challenges and messages follow from the change, as a real cheater would do it.
 */
export interface Cheat extends OpeningCheat {
  /** Claims another Gram matrix; its hash goes into the transcript. */
  gram?(honest: GramMatrix): GramMatrix;
  /** Computes mu from the claimed matrix instead of from the vectors. */
  readonly isMuFromClaim?: boolean;
  mu?(honest: bigint): bigint;
  rhoA?(honest: bigint): bigint;
  /** The vector A that the rest of the proof is about. */
  vectorA?(honest: bigint[], weights: readonly bigint[]): bigint[];
  vectorS?(honest: bigint[]): bigint[];
  vectorR?(honest: bigint[], A: readonly bigint[]): bigint[];
  /** Draws alpha before the Gram matrix is fixed. */
  readonly gramHashForAlpha?: bigint;
}

/** What the cheater commits to: field elements, of any length. */
export interface CheatInput {
  readonly curve: Curve;
  readonly vectors: readonly (readonly bigint[])[];
  readonly blindings: readonly bigint[];
  readonly dummy: readonly bigint[];
  readonly dummyBlinding: bigint;
  readonly gram: GramMatrix;
  readonly context: bigint;
  readonly parameterCount: number;
  readonly terms?: readonly bigint[];
  readonly outcomeWords?: readonly bigint[];
  /** Commitments on chain, when they are to others' vectors. */
  readonly commitments?: readonly G1Point[];
}

/** Commits to field elements. */
export async function commitVector(
  curve: Curve,
  values: readonly bigint[],
  blinding: bigint,
): Promise<G1Point> {
  const vector = await curve.combine([values], [1n], { length: values.length });
  const bare = await curve.commitScalars(vector);
  return curve.linearCombination([bare, BLINDING_BASE], [1n, blinding]);
}

/** Proves with one step changed; the result has the shape that `verifyGram` takes. */
export async function cheat(input: CheatInput, change: Cheat = {}) {
  const { curve, vectors, blindings, dummy, dummyBlinding, context, parameterCount } = input;
  const salt = 424242n;
  const gram = change.gram?.(input.gram) ?? input.gram;
  const dummyRow = [...vectors.map((vector) => dot(vector, dummy)), dot(dummy, dummy)];
  const { terms = [], outcomeWords = [] } = input;
  const hash = gramHash({ salt, terms, gram, dummyRow });
  const commitments =
    input.commitments ??
    (await Promise.all(
      vectors.map((vector, i) => commitVector(curve, vector, blindings[i] as bigint)),
    ));
  const dummyCommitment = await commitVector(curve, dummy, dummyBlinding);
  const alpha = alphaChallenge({
    context,
    parameterCount,
    commitments: [...commitments, dummyCommitment],
    gramHash: change.gramHashForAlpha ?? hash,
    outcomeWords,
  });
  const weights = slotWeights(alpha.value, vectors.length + 1);
  let A = [...vectors, dummy].reduce<bigint[]>(
    (sum, vector, i) => addScaled(sum, vector, weights[i] as bigint),
    [],
  );
  A = change.vectorA?.(A, weights) ?? A;
  const honestMu = change.isMuFromClaim ? combinedSquare(gram, dummyRow, weights) : dot(A, A);
  const mu = change.mu?.(honestMu) ?? honestMu;
  const honestRho = toScalar(
    [...blindings, dummyBlinding].reduce((sum, rho, i) => sum + rho * (weights[i] as bigint), 0n),
  );
  const rhoA = change.rhoA?.(honestRho) ?? honestRho;
  const honestS = A.map((_, k) => dot(A.slice(0, A.length - k - 1), A.slice(k + 1)));
  const S = change.vectorS?.(honestS) ?? honestS;
  const honestR = A.slice(0, parameterCount).toReversed();
  const R = change.vectorR?.(honestR, A) ?? honestR;
  const pointS = await commitVector(curve, S, 0n);
  const pointR = await commitVector(curve, R, 0n);

  const openings = await openCheatingly(
    { A, S, R, mu, rhoA, points: { S: pointS, R: pointR }, parameterCount },
    { h0: alpha.hash, commit: (values) => commitVector(curve, values, 0n) },
    change,
  );
  return {
    proof: { S: pointS, R: pointR, mu, rhoA, ...openings },
    commitments,
    dummyCommitment,
    gramHash: hash,
    outcomeWords,
    context,
    parameterCount,
    /** What the rule circuit would check: mu from the hashed matrix and dummy row. */
    circuitMu: combinedSquare(gram, dummyRow, weights),
  };
}
