import { BLINDING_BASE } from "../../services/protocol/blinding-base.ts";
import type { Curve, G1Point } from "../../services/protocol/curve.ts";
import { gramHash } from "../../services/protocol/gram-hash.ts";
import type { GramMatrix } from "../../services/protocol/gram-matrix.ts";
import { combinedSquare, slotWeights } from "../../services/protocol/gram-proof.ts";
import { scalarInverse, scalarPower, toScalar } from "../../services/protocol/scalar.ts";
import {
  alphaChallenge,
  gammaChallenge,
  zetaChallenge,
} from "../../services/protocol/transcript.ts";

/**
 * A prover that computes every step in plain bigints over any field elements, and lets a test change one step; all later
 * challenges and messages follow from the change, as a real cheater would do it.
 */
export interface Cheat {
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
  /** Solves for this opened value so that the scalar identity holds. */
  readonly solveFor?: "a" | "aInv" | "s" | "sInv";
  opened?(honest: Opened): Opened;
  quotient1?(honest: bigint[]): bigint[];
  quotient2?(honest: bigint[]): bigint[];
  /** Draws alpha before the Gram matrix is fixed. */
  readonly gramHashForAlpha?: bigint;
  readonly withoutDegreeCheck?: boolean;
}

interface Opened {
  a: bigint;
  aInv: bigint;
  s: bigint;
  sInv: bigint;
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

const dot = (left: readonly bigint[], right: readonly bigint[]) =>
  toScalar(left.reduce((sum, value, j) => sum + value * (right[j] ?? 0n), 0n));

const evaluate = (values: readonly bigint[], x: bigint) =>
  values.reduceRight((sum, value) => toScalar(sum * x + value), 0n);

const addScaled = (left: readonly bigint[], right: readonly bigint[], weight: bigint) =>
  Array.from({ length: Math.max(left.length, right.length) }, (_, j) =>
    toScalar((left[j] ?? 0n) + weight * (right[j] ?? 0n)),
  );

/** Quotient by `X - point`, whether or not it divides. */
function quotient(values: readonly bigint[], point: bigint): bigint[] {
  const result = new Array<bigint>(values.length).fill(0n);
  let carry = 0n;
  for (let j = values.length - 1; j >= 1; j--) {
    carry = toScalar(carry * point + (values[j] as bigint));
    result[j - 1] = carry;
  }
  return result;
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

  const zeta = zetaChallenge(alpha.hash, { mu, rhoA, S: pointS, R: pointR });
  const z = zeta.value;
  const zetaInv = scalarInverse(z);
  const opened = {
    a: evaluate(A, z),
    aInv: evaluate(A, zetaInv),
    s: evaluate(S, z),
    sInv: evaluate(S, zetaInv),
  };
  solve(opened, change.solveFor, mu, z, zetaInv);
  const values = change.opened?.(opened) ?? opened;
  const gamma = gammaChallenge(zeta.hash, values);
  const g = gamma.value;
  const both = addScaled(A, S, g);
  const gammaR = change.withoutDegreeCheck ? 0n : toScalar(g * g);
  const first = quotient(addScaled(both, R, gammaR), z);
  const second = quotient(both, zetaInv);
  const W1 = await commitVector(curve, change.quotient1?.(first) ?? first, 0n);
  const W2 = await commitVector(curve, change.quotient2?.(second) ?? second, 0n);
  return {
    proof: { S: pointS, R: pointR, W1, W2, mu, rhoA, ...values, zetaInv },
    commitments,
    dummyCommitment,
    gramHash: hash,
    outcomeWords,
    context,
    parameterCount,
    /** What the rule circuit would check: mu from the hashed matrix and dummy row. */
    circuitMu: combinedSquare(gram, dummyRow, weights),
    /** zeta^(d-1), for tests that forge R. */
    zetaPower: scalarPower(z, BigInt(parameterCount - 1)),
  };
}

function solve(
  opened: Opened,
  name: keyof Opened | undefined,
  mu: bigint,
  z: bigint,
  zetaInv: bigint,
): void {
  const { a, aInv, s, sInv } = opened;
  if (name === "a") opened.a = toScalar((mu + z * s + zetaInv * sInv) * scalarInverse(aInv));
  if (name === "aInv") opened.aInv = toScalar((mu + z * s + zetaInv * sInv) * scalarInverse(a));
  if (name === "s") opened.s = toScalar((a * aInv - mu - zetaInv * sInv) * zetaInv);
  if (name === "sInv") opened.sInv = toScalar((a * aInv - mu - z * s) * z);
}
