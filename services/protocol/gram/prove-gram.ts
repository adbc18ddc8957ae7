import { type Curve, type G1Point, INFINITY, type LongCallOptions } from "../curve.ts";
import { CommonweightError } from "../errors.ts";
import { type RandomBytes, scalarSum } from "../scalar.ts";
import { BLINDING_BASE } from "./blinding-base.ts";
import { gramErrors } from "./gram-errors.ts";
import { gramHash } from "./gram-hash.ts";
import { DUMMY_COEFFICIENTS, drawMask, type GramMask } from "./gram-mask.ts";
import { type GramMatrix, gramMatrix, type SlotVector } from "./gram-matrix.ts";
import { openCombination } from "./gram-openings.ts";
import { combinedSquare, type GramProof, SLOT_COUNTS, slotWeights } from "./gram-proof.ts";
import { alphaChallenge } from "./transcript.ts";

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
  /** The packed terms of the round, which the hash of the matrix binds too. */
  readonly terms: readonly bigint[];
  /** Decides the round by its matrix; the packed outcome goes into alpha. */
  readonly decide: (gram: GramMatrix) => readonly bigint[] | Promise<readonly bigint[]>;
  /** Source of the salt and of the dummy; must be unpredictable, and never repeat itself. */
  readonly randomBytes: RandomBytes;
}

/** The proof, what has to accompany it on chain, and the private inputs of the rule circuit. */
export interface ProvenGram {
  readonly proof: GramProof;
  readonly dummyCommitment: G1Point;
  readonly gramHash: bigint;
  /** What {@link ProveGramParameters.decide} has decided. */
  readonly outcomeWords: readonly bigint[];
  /** Public signal of the rule circuit. */
  readonly alpha: bigint;
  /** Is in the circuit's folded signal. */
  readonly mu: bigint;
  /** Private: whoever knows salt and dummy row can test guesses of the Gram matrix. */
  readonly salt: bigint;
  readonly gram: GramMatrix;
  /** e_0 .. e_n. */
  readonly dummyRow: readonly bigint[];
  /** C_0 .. C_(n-1), as used in the transcript. */
  readonly commitments: readonly G1Point[];
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

/** `A = sum_i weights[i] * U_i`, the dummy last. */
function combineSlots(
  { curve, slots, parameterCount, signal }: ProveGramParameters,
  mask: GramMask,
  weights: readonly bigint[],
) {
  const active = slots.flatMap((slot, i) => (slot ? [{ slot, weight: weights[i] as bigint }] : []));
  return curve.combine(
    [...active.map(({ slot }) => slot), mask.dummy],
    [...active.map(({ weight }) => weight), weights[slots.length] as bigint],
    { signal, length: parameterCount },
  );
}

/** Reports progress that never runs backwards, although steps run side by side. */
function progressReporter(onProgress: LongCallOptions["onProgress"]) {
  let reported = 0;
  return (fraction: number, step: string) => {
    reported = Math.max(reported, fraction);
    onProgress?.(reported, step);
  };
}

/**
 * Proves that the committed slots have this Gram matrix, without showing the matrix: it goes out as a salted hash,
 * and mu ties the hash (in the rule circuit) to the commitments (here). Time and proof size do not depend on the
 * number of slots. Equations: `docs/proof.md`.
 *
 * A commitment that its slot and blinding do not open gives a proof that does not verify.
 *
 * @throws CommonweightError CW1600-CW1603 for malformed input, CW1604 with probability 2^-252.
 */
export async function proveGram(parameters: ProveGramParameters): Promise<ProvenGram> {
  checkSlots(parameters);
  const { curve, slots, context, parameterCount, terms, signal } = parameters;
  const report = progressReporter(parameters.onProgress);
  report(0, "commitments");
  const commitments = parameters.commitments ?? (await commitSlots(parameters));

  report(0.02, "Gram matrix");
  const gram = gramMatrix(slots);
  const outcomeWords = await parameters.decide(gram);
  signal?.throwIfAborted();
  const mask = await drawMask(curve, slots, parameters);
  const hash = gramHash({ salt: mask.salt, terms, gram, dummyRow: mask.row });
  const alpha = alphaChallenge({
    context,
    parameterCount,
    commitments: [...commitments, mask.commitment],
    gramHash: hash,
    outcomeWords,
  });
  if (alpha.value === 0n) throw new CommonweightError(gramErrors.challengeDegenerate);

  report(0.03, "combination");
  const weights = slotWeights(alpha.value, slots.length + 1);
  const mu = combinedSquare(gram, mask.row, weights);
  const blindings = parameters.blindings.map((rho, index) => (slots[index] ? rho : 0n));
  const rhoA = scalarSum(
    [...blindings, mask.blinding].map((rho, i) => rho * (weights[i] as bigint)),
  );
  const vectorA = await combineSlots(parameters, mask, weights);
  const proof = await openCombination(
    curve,
    { vectorA, alpha, mu, rhoA },
    {
      signal,
      part: (from, to) => (fraction, step) =>
        report(0.05 + 0.95 * (from + (to - from) * fraction), step),
    },
  );
  report(1, "proven");
  return {
    proof,
    dummyCommitment: mask.commitment,
    gramHash: hash,
    outcomeWords,
    alpha: alpha.value,
    mu,
    salt: mask.salt,
    gram,
    dummyRow: mask.row,
    commitments,
  };
}
