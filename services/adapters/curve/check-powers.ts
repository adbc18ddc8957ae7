import type { Bn128 } from "ffjavascript";
import { type LongCallOptions, SCALAR_FIELD } from "../../protocol/curve.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import type { RandomBytes } from "../../protocol/scalar.ts";
import { multiplyWords } from "./commit.ts";
import type { PowersOfTau } from "./development-powers.ts";
import { curveErrors } from "./errors.ts";
import { createPointArithmetic, g2Bytes } from "./point-arithmetic.ts";
import { portion } from "./shared-bytes.ts";
import type { WorkerPool } from "./worker-pool.ts";

const PIECE = 2 ** 15;
/** Bits of the random coefficients: a wrong list passes with probability 2^-128. */
const RANDOM_WORDS = 4;

function invalid(reason: string): CommonweightError {
  return new CommonweightError(curveErrors.srsInvalid, `powers-of-tau file: ${reason}`);
}

/**
 * Checks that the points are consecutive powers of one secret times the generators: all on the curve, the first one
 * the generator, and for random coefficients `e(sum r_i P_(i+1), G2) = e(sum r_i P_i, tau G2)`.
 *
 * It cannot tell whether somebody knows the secret: that is what ceremonies and their transcripts are for.
 *
 * @throws CommonweightError CW2004 naming what is wrong.
 */
export async function checkPowers(
  bn: Bn128,
  pool: WorkerPool,
  powers: PowersOfTau,
  options: LongCallOptions & { readonly randomBytes: RandomBytes },
): Promise<void> {
  const { g1, tauG2 } = powers;
  const { signal, onProgress, randomBytes } = options;
  const generator = bn.G1.toAffine(bn.G1.g);
  if (!generator.every((byte, index) => g1[index] === byte)) {
    throw invalid("it does not start with the generator");
  }
  const g2 = g2Bytes(bn, tauG2);
  // G2 has a cofactor: a point outside the subgroup would pass the pairing below with an unknown meaning.
  if (bn.G2.isZero(g2) || !bn.G2.isValid(g2) || !isInSubgroup(bn, g2)) {
    throw invalid("tau in G2 is not in the group");
  }
  const isOnCurve: Promise<Uint8Array>[] = [];
  for (let from = 0; from < g1.byteLength; from += PIECE * 64) {
    const points = portion(g1, from, Math.min(from + PIECE * 64, g1.byteLength));
    isOnCurve.push(pool.run("checkPoints", { points }, signal));
  }
  if ((await Promise.all(isOnCurve)).some(([isGood]) => isGood !== 1)) {
    throw invalid("a point is not on the curve");
  }
  onProgress?.(0.2, "checking powers of tau");

  const count = g1.byteLength / 64 - 1;
  if (count === 0) return;
  const coefficients = new Uint32Array(count * 8);
  const random = new DataView(randomBytes(count * RANDOM_WORDS * 4).buffer);
  for (let index = 0; index < count * RANDOM_WORDS; index++) {
    const place = Math.floor(index / RANDOM_WORDS) * 8 + (index % RANDOM_WORDS);
    coefficients[place] = random.getUint32(index * 4);
  }
  const bits = RANDOM_WORDS * 32;
  const setup = { bn, pool };
  const upper = { ...setup, bases: g1.subarray(64) };
  const lower = { ...setup, bases: g1.subarray(0, count * 64) };
  const shifted = await multiplyWords(upper, coefficients, bits, { signal });
  onProgress?.(0.6, "checking powers of tau");
  const plain = await multiplyWords(lower, coefficients, bits, { signal });
  const arithmetic = createPointArithmetic(bn, tauG2);
  const negated = await arithmetic.linearCombination([plain], [-1n]);
  const isConsecutive = await arithmetic.isPairingProductOne([
    { g1: shifted, g2: "one" },
    { g1: negated, g2: "tau" },
  ]);
  if (!isConsecutive) throw invalid("the points are not powers of one secret");
  onProgress?.(1, "checking powers of tau");
}

function isInSubgroup(bn: Bn128, point: Uint8Array): boolean {
  return bn.G2.isZero(bn.G2.timesScalar(point, SCALAR_FIELD));
}
