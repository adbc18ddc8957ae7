import { CommonweightError } from "../protocol/errors.ts";
import { learningErrors } from "./errors.ts";
import { normalRandom, type RandomSource } from "./random.ts";
import { randomisedLevel } from "./randomised-quantisation.ts";
import { clippedTo, norm } from "./vector.ts";

/** Noise a trainer adds to hide its data. Only Gaussian noise comes with a stated (epsilon, delta). */
export type UpdateNoise =
  /** Standard deviation of each entry is `multiplier * clipNorm`. */
  | { readonly kind: "gaussian"; readonly multiplier: number }
  /** Rounds to coarse random levels `2^levelBits` units apart; each level exists with probability `keep`. */
  | { readonly kind: "randomised-quantisation"; readonly levelBits: number; readonly keep: number };

/** Options of {@link quantiseUpdate}. */
export interface QuantiseUpdateParameters {
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
  /** Noise, dither and rounding: `secureRandom()` for a real trainer, seeded in simulations. */
  readonly random: RandomSource;
}

/** A quantised update and what the pipeline did to it. */
export interface QuantisedUpdate {
  readonly update: Int16Array;
  /** Norm of the delta before clipping, in parameter units. */
  readonly deltaNorm: number;
  readonly isClipped: boolean;
  /** Standard deviation of the Gaussian noise of an entry, in parameter units. */
  readonly noiseSigma: number;
  /** Entries that did not fit into 16 bits and were cut: more than a few mean `fractionBits` is too large. */
  readonly saturatedEntries: number;
}

const LIMIT = 32_767;

/** Rounds up or down at random so that the mean is exact. */
export function stochasticRound(value: number, random: RandomSource): number {
  const floor = Math.floor(value);
  return random() < value - floor ? floor + 1 : floor;
}

/**
 * Most dither bits whose noise stays below a tenth of an update's norm (design, section 3).
 *
 * @example calibratedDitherBits({ updateNorm: 0.9, parameterCount: 7850, fractionBits: 14 }) // 5
 */
export function calibratedDitherBits(project: {
  readonly updateNorm: number;
  readonly parameterCount: number;
  readonly fractionBits: number;
}): number {
  const units = project.updateNorm * 2 ** project.fractionBits;
  const perEntry = (0.1 * units) / Math.sqrt(project.parameterCount / 12);
  return Math.max(0, Math.floor(Math.log2(Math.max(1, perEntry))));
}

function checkNoise({ noise, clipNorm }: QuantiseUpdateParameters): void {
  if (clipNorm !== undefined && !(clipNorm > 0)) {
    throw new CommonweightError(learningErrors.privacySettingsInvalid, `clip norm ${clipNorm}`);
  }
  if (noise?.kind === "gaussian" && (!(noise.multiplier > 0) || clipNorm === undefined)) {
    throw new CommonweightError(
      learningErrors.privacySettingsInvalid,
      "Gaussian noise needs a positive multiplier and a clip norm: without a clip it hides nothing",
    );
  }
}

/**
 * The way of every update: clip, noise, dither, integers of 16 bits with stochastic rounding.
 *
 * @throws CommonweightError CW3005 when the delta is not finite, CW3203 for noise without a clip norm.
 */
export function quantiseUpdate(parameters: QuantiseUpdateParameters): QuantisedUpdate {
  const { delta, fractionBits, clipNorm, noise, ditherBits = 0, random } = parameters;
  checkNoise(parameters);
  if (!delta.every(Number.isFinite)) throw new CommonweightError(learningErrors.diverged);
  const deltaNorm = norm(delta);
  const isClipped = clipNorm !== undefined && deltaNorm > clipNorm;
  const noiseSigma = noise?.kind === "gaussian" ? noise.multiplier * (clipNorm as number) : 0;
  const normal = normalRandom(random);
  const unit = 2 ** fractionBits;
  const units = Float64Array.from(isClipped ? clippedTo(delta, clipNorm) : delta, (value) =>
    noiseSigma > 0 ? (value + noiseSigma * normal()) * unit : value * unit,
  );
  const shrink = shrinkToBound(units, ditherBits, parameters.normBoundSquared);
  const dither = ditherBits > 0 ? 2 ** ditherBits : 0;
  const update = new Int16Array(units.length);
  let saturatedEntries = 0;
  for (let i = 0; i < units.length; i++) {
    const value = (units[i] as number) * shrink + (random() - 0.5) * dither;
    const rounded =
      noise?.kind === "randomised-quantisation"
        ? randomisedLevel({ value, spacing: 2 ** noise.levelBits, keep: noise.keep, random })
        : stochasticRound(value, random);
    if (Math.abs(rounded) > LIMIT) saturatedEntries += 1;
    update[i] = Math.max(-LIMIT, Math.min(LIMIT, rounded));
  }
  requireBound(update, parameters.normBoundSquared);
  return { update, deltaNorm, isClipped, noiseSigma, saturatedEntries };
}

/** Factor that keeps noise and rounding below the terms' bound. It depends on the noised values only: still private. */
function shrinkToBound(units: Float64Array, ditherBits: number, boundSquared?: bigint): number {
  if (boundSquared === undefined) return 1;
  const roundingNorm = Math.sqrt(units.length * (0.25 + 4 ** ditherBits / 12));
  const room = Math.sqrt(Number(boundSquared)) - 1.1 * roundingNorm;
  const length = norm(units);
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
      `the noise alone exceeds the project's norm bound: ${sum} > ${boundSquared}`,
    );
  }
}
