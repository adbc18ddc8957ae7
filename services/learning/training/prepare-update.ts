import { CommonweightError } from "../../protocol/errors.ts";
import { quantiseUpdate } from "../../protocol/model/fixed-point.ts";
import type { RandomBytes } from "../../protocol/scalar.ts";
import { learningErrors } from "../errors.ts";
import { randomisedLevel } from "../privacy/randomised-quantisation.ts";
import { normalRandom, uniformRandom } from "../random.ts";
import { clippedTo, norm } from "./vector.ts";

/** Noise a trainer adds to hide its data. Only Gaussian noise comes with a stated (epsilon, delta). */
export type UpdateNoise =
  | { readonly kind: "none" }
  /** Standard deviation of each entry is `multiplier * clipNorm`. */
  | { readonly kind: "gaussian"; readonly multiplier: number }
  /** Rounds to coarse random levels `2^levelBits` units apart; each level exists with probability `keep`. */
  | { readonly kind: "randomised-quantisation"; readonly levelBits: number; readonly keep: number };

/** Options of {@link prepareUpdate}. */
export interface PrepareUpdateParameters {
  /** What training changed: local parameters less the round's global ones. */
  readonly delta: Float32Array;
  /** The project's scale: one unit is `2^-fractionBits`. */
  readonly fractionBits: number;
  /** Longest delta; longer ones are shortened. No clipping without it, and then no Gaussian noise either. */
  readonly clipNorm?: number | undefined;
  readonly noise?: UpdateNoise | undefined;
  /** Low bits that are uniform noise, against forged coordinates (gram-proof, dithering); 0 for none. */
  readonly ditherBits?: number | undefined;
  /** The terms' bound on the squared integer norm; being above it costs stake, so the result is kept below. */
  readonly normBoundSquared?: bigint | undefined;
  /** Noise, dither and rounding: `secureBytes` for a real trainer, seeded in simulations. */
  readonly randomBytes: RandomBytes;
}

/** A quantised update and what the pipeline did to it. */
export interface PreparedUpdate {
  readonly update: Int16Array;
  /** Norm of the delta before clipping, in parameter units. */
  readonly deltaNorm: number;
  readonly isClipped: boolean;
  /** Standard deviation of the Gaussian noise of an entry, in parameter units. */
  readonly noiseSigma: number;
  /** Entries that did not fit into 16 bits and were cut: more than a few mean `fractionBits` is too large. */
  readonly saturatedEntries: number;
}

function checkNoise({ noise, clipNorm }: PrepareUpdateParameters): void {
  if (clipNorm !== undefined && !(clipNorm > 0)) {
    throw new CommonweightError(learningErrors.privacySettingsInvalid, `clip norm ${clipNorm}`);
  }
  if (noise?.kind === "gaussian" && (!(noise.multiplier > 0) || clipNorm === undefined)) {
    throw new CommonweightError(
      learningErrors.privacySettingsInvalid,
      "Gaussian noise needs a positive multiplier and a clip norm: without a clip it hides nothing",
    );
  }
  if (noise?.kind === "randomised-quantisation" && !(noise.keep > 0 && noise.keep <= 1)) {
    throw new CommonweightError(learningErrors.privacySettingsInvalid, `keep ${noise.keep}`);
  }
}

/** Clipped values with noise, in doubles: rounding noise to float32 first would only lose some of it. */
function noisyValues(parameters: PrepareUpdateParameters): Float64Array {
  const { delta, clipNorm, noise, fractionBits, randomBytes } = parameters;
  const clipped = clipNorm === undefined ? delta : clippedTo(delta, clipNorm);
  const uniform = uniformRandom(randomBytes);
  if (noise?.kind === "gaussian") {
    const normal = normalRandom(uniform);
    const sigma = noise.multiplier * (clipNorm as number);
    return Float64Array.from(clipped, (value) => value + sigma * normal());
  }
  if (noise?.kind === "randomised-quantisation") {
    const spacing = 2 ** (noise.levelBits - fractionBits);
    return Float64Array.from(clipped, (value) =>
      randomisedLevel({ value, spacing, keep: noise.keep, random: uniform }),
    );
  }
  return Float64Array.from(clipped);
}

/**
 * The way of every update: clip, noise, then dither and stochastic rounding to 16 bits (`protocol/fixed-point`).
 *
 * @throws CommonweightError CW3005 when the delta is not finite, CW3203 for noise without a clip norm or above the
 * norm bound.
 */
export function prepareUpdate(parameters: PrepareUpdateParameters): PreparedUpdate {
  const { delta, fractionBits, clipNorm, noise, ditherBits = 0, randomBytes } = parameters;
  checkNoise(parameters);
  if (!delta.every(Number.isFinite)) throw new CommonweightError(learningErrors.diverged);
  const deltaNorm = norm(delta);
  const noisy = noisyValues(parameters);
  const shrink = shrinkToBound(noisy, parameters);
  const values = shrink === 1 ? noisy : noisy.map((value) => value * shrink);
  const { entries, saturatedCount } = quantiseUpdate({
    values,
    fractionBits,
    ditherBits,
    randomBytes,
  });
  requireBound(entries, parameters.normBoundSquared);
  return {
    update: entries,
    deltaNorm,
    isClipped: clipNorm !== undefined && deltaNorm > clipNorm,
    noiseSigma: noise?.kind === "gaussian" ? noise.multiplier * (clipNorm as number) : 0,
    saturatedEntries: saturatedCount,
  };
}

/** Factor that keeps noise and rounding below the terms' bound. It depends on the noised values only: still private. */
function shrinkToBound(values: Float64Array, parameters: PrepareUpdateParameters): number {
  const { normBoundSquared, ditherBits = 0, fractionBits } = parameters;
  if (normBoundSquared === undefined) return 1;
  const roundingNorm = Math.sqrt(values.length * (0.25 + 4 ** ditherBits / 12));
  const room = Math.sqrt(Number(normBoundSquared)) - 1.1 * roundingNorm;
  const length = norm(values) * 2 ** fractionBits;
  return length > room ? Math.max(0, room / length) : 1;
}

/** Submitting above the bound loses the stake, so this is the last thing checked before a trainer commits. */
function requireBound(update: Int16Array, boundSquared?: bigint): void {
  if (boundSquared === undefined) return;
  let sum = 0;
  for (const value of update) sum += value * value;
  if (BigInt(sum) > boundSquared) {
    throw new CommonweightError(
      learningErrors.privacySettingsInvalid,
      `rounding and dither alone exceed the project's norm bound: ${sum} > ${boundSquared}`,
    );
  }
}
