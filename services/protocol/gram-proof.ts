import { BLINDING_BASE } from "./blinding-base.ts";
import type { Curve, G1Point, LongCallOptions, ScalarVector } from "./curve.ts";
import { INFINITY, SCALAR_FIELD } from "./curve.ts";
import { CommonweightError } from "./errors.ts";
import { gramErrors } from "./gram-errors.ts";
import { gramHash } from "./gram-hash.ts";
import { type GramMatrix, gramMatrix, type SlotVector } from "./gram-matrix.ts";
import { type RandomBytes, randomScalar, scalarInverse, scalarPower, toScalar } from "./scalar.ts";
import { alphaChallenge, gammaChallenge, mergeChallenge, zetaChallenge } from "./transcript.ts";

/**
 * Masking coefficients of the dummy slot. Seven values that depend on them become visible, so 7 would be the
 * least; 32 bring the distance to uniform below 2^-254.
 */
export const DUMMY_COEFFICIENTS = 32;

/** Slots n (without the dummy) for which there are circuits. */
export const SLOT_COUNTS: readonly number[] = [8, 16, 32];

/** The proof on the wire, in this order in JSON and Solidity; its size depends on nothing. */
export interface GramProof {
  readonly S: G1Point;
  readonly R: G1Point;
  readonly W1: G1Point;
  readonly W2: G1Point;
  readonly mu: bigint;
  readonly rhoA: bigint;
  readonly a: bigint;
  readonly aInv: bigint;
  readonly s: bigint;
  readonly sInv: bigint;
  /** 1/zeta, so that the chain need not invert. */
  readonly zetaInv: bigint;
}

/** What the prover knows. All lists have one entry a slot, n of them. */
export interface ProveGramParameters extends LongCallOptions {
  readonly curve: Curve;
  /** null for an inactive slot. */
  readonly slots: readonly SlotVector[];
  /** Blindings of the slots' commitments; ignored for inactive slots. */
  readonly blindings: readonly bigint[];
  /** The commitments as the chain has them; (0, 0) for inactive slots. Computed from the slots when left out. */
  readonly commitments?: readonly G1Point[];
  /** `contextHash(...)` of the round. */
  readonly context: bigint;
  readonly parameterCount: number;
  /** Source of the salt and of the dummy; must be unpredictable, and never repeat itself. */
  readonly randomBytes: RandomBytes;
}

/** The proof, what has to accompany it on chain, and the private inputs of the rule circuit. */
export interface ProvenGram {
  readonly proof: GramProof;
  readonly dummyCommitment: G1Point;
  readonly gramHash: bigint;
  /** Public inputs of the rule circuit. */
  readonly alpha: bigint;
  readonly mu: bigint;
  /** Private: whoever knows salt and dummy row can test guesses of the Gram matrix. */
  readonly salt: bigint;
  readonly gram: GramMatrix;
  /** e_0 .. e_n. */
  readonly dummyRow: readonly bigint[];
  /** C_0 .. C_(n-1), as used in the transcript. */
  readonly commitments: readonly G1Point[];
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

function sum(terms: readonly bigint[]): bigint {
  return toScalar(terms.reduce((total, term) => total + term, 0n));
}

function checkSlots({ slots, blindings, commitments, parameterCount }: ProveGramParameters): void {
  if (!SLOT_COUNTS.includes(slots.length)) {
    throw new CommonweightError(gramErrors.slotCountUnsupported, `${slots.length} slots`);
  }
  if (parameterCount < DUMMY_COEFFICIENTS) {
    throw new CommonweightError(gramErrors.tooFewParameters, `${parameterCount} parameters`);
  }
  if (blindings.length !== slots.length || (commitments ?? slots).length !== slots.length) {
    throw new CommonweightError(gramErrors.slotMalformed, "one blinding and commitment a slot");
  }
  slots.forEach((slot, index) => {
    const isWide = slot instanceof Int32Array;
    // The curve adds up weighted integers without carries; beyond 30 bits a limb could overflow.
    const isTooWide = isWide && (index !== 2 || slot.some((value) => Math.abs(value) >= 2 ** 30));
    if (slot && (slot.length !== parameterCount || isTooWide)) {
      throw new CommonweightError(gramErrors.slotMalformed, `slot ${index} is malformed`);
    }
  });
}

async function commitSlots({
  curve,
  slots,
  blindings,
  ...options
}: ProveGramParameters): Promise<readonly G1Point[]> {
  const commitments: G1Point[] = [];
  for (const [index, slot] of slots.entries()) {
    if (!slot) {
      commitments.push(INFINITY);
      continue;
    }
    const bare = await curve.commitIntegers(slot, { signal: options.signal });
    commitments.push(
      await curve.linearCombination([bare, BLINDING_BASE], [1n, blindings[index] as bigint]),
    );
  }
  return commitments;
}

async function commitAutocorrelation(
  curve: Curve,
  vectorA: ScalarVector,
  options: LongCallOptions,
) {
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
  return sum(terms);
}

/**
 * Proves that the committed slots have this Gram matrix, without showing the matrix: it goes out as a salted hash,
 * and mu ties the hash (in the rule circuit) to the commitments (here). Time and proof size do not depend on the
 * number of slots. Equations: `docs/proof.md`.
 *
 * A commitment that its slot and blinding do not open gives a proof that does not verify.
 *
 * @throws CommonweightError CW1600-CW1603 for malformed input, CW1604 with probability 2^-254.
 */
export async function proveGram(parameters: ProveGramParameters): Promise<ProvenGram> {
  checkSlots(parameters);
  const { curve, slots, context, parameterCount, randomBytes, signal, onProgress } = parameters;
  let reported = 0;
  const report = (fraction: number, step: string) => {
    reported = Math.max(reported, fraction);
    onProgress?.(reported, step);
  };
  const part = (from: number, to: number) => (fraction: number, step: string) =>
    report(from + (to - from) * fraction, step);
  const options = { signal };

  report(0, "commitments");
  const commitments = parameters.commitments ?? (await commitSlots(parameters));
  const blindings = parameters.blindings.map((rho, index) => (slots[index] ? rho : 0n));

  report(0.02, "Gram matrix");
  const gram = gramMatrix(slots);
  signal?.throwIfAborted();
  // Dummy, its blinding and the salt are fresh for every attempt: the same dummy under two alphas would show twice as much.
  const dummy = Array.from({ length: DUMMY_COEFFICIENTS }, () => randomScalar(randomBytes));
  const dummyBlinding = randomScalar(randomBytes);
  const salt = randomScalar(randomBytes);
  const dummyRow = [
    ...slots.map((slot) => sum(dummy.map((x, j) => x * BigInt(slot?.[j] ?? 0)))),
    sum(dummy.map((x) => x * x)),
  ];
  const hash = gramHash({ salt, gram, dummyRow });
  const dummyVector = await curve.combine([dummy], [1n], { length: DUMMY_COEFFICIENTS });
  const dummyCommitment = await curve.linearCombination(
    [await curve.commitScalars(dummyVector, options), BLINDING_BASE],
    [1n, dummyBlinding],
  );

  const alpha = alphaChallenge({
    context,
    parameterCount,
    commitments: [...commitments, dummyCommitment],
    gramHash: hash,
  });
  if (alpha.value === 0n) throw new CommonweightError(gramErrors.challengeDegenerate);
  const weights = slotWeights(alpha.value, slots.length + 1);
  const mu = combinedSquare(gram, dummyRow, weights);
  const rhoA = sum([...blindings, dummyBlinding].map((rho, i) => rho * (weights[i] as bigint)));

  report(0.03, "combination");
  const active = slots.flatMap((slot, i) => (slot ? [{ slot, weight: weights[i] as bigint }] : []));
  const vectorA = await curve.combine(
    [...active.map(({ slot }) => slot), dummy],
    [...active.map(({ weight }) => weight), weights[slots.length] as bigint],
    { ...options, length: parameterCount },
  );
  report(0.05, "autocorrelation, commitments to S and R");
  const vectorR = await curve.reverse(vectorA);
  // R needs only A: its commitment fills whatever the transforms behind S leave idle.
  const [R, { vectorS, S }] = await Promise.all([
    curve.commitScalars(vectorR, { signal, onProgress: part(0.05, 0.3) }),
    commitAutocorrelation(curve, vectorA, { signal, onProgress: part(0.3, 0.55) }),
  ]);
  const zeta = zetaChallenge(alpha.hash, { mu, rhoA, S, R });
  if (zeta.value === 0n) throw new CommonweightError(gramErrors.challengeDegenerate);
  const zetaInv = scalarInverse(zeta.value);

  report(0.55, "openings");
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
      options: { signal, onProgress: part(0.6, 0.8) },
    }),
    commitQuotient(curve, {
      vectors: [vectorA, vectorS],
      weights: [1n, gamma.value],
      point: zetaInv,
      options: { signal, onProgress: part(0.8, 1) },
    }),
  ]);
  report(1, "done");

  return {
    proof: { S, R, W1, W2, mu, rhoA, a, aInv, s, sInv, zetaInv },
    dummyCommitment,
    gramHash: hash,
    alpha: alpha.value,
    mu,
    salt,
    gram,
    dummyRow,
    commitments,
  };
}

/** Reads `zeta^(d-1) * A(1/zeta)`, the value that R must have at zeta: only a polynomial A of degree below d has such an R. */
export function reversedValue(zeta: bigint, aInv: bigint, parameterCount: number): bigint {
  return (scalarPower(zeta, BigInt(parameterCount - 1)) * aInv) % SCALAR_FIELD;
}

/** The merge weight is drawn last; exported with the others so that settlement can continue the transcript. */
export function gramTranscript(input: {
  readonly context: bigint;
  readonly parameterCount: number;
  readonly commitments: readonly G1Point[];
  readonly dummyCommitment: G1Point;
  readonly gramHash: bigint;
  readonly proof: GramProof;
}) {
  const { proof } = input;
  const alpha = alphaChallenge({
    context: input.context,
    parameterCount: input.parameterCount,
    commitments: [...input.commitments, input.dummyCommitment],
    gramHash: input.gramHash,
  });
  const zeta = zetaChallenge(alpha.hash, proof);
  const gamma = gammaChallenge(zeta.hash, proof);
  const merge = mergeChallenge(gamma.hash, proof);
  return { alpha, zeta, gamma, merge };
}
