import type { RandomSource } from "../random.ts";

/**
 * Rounds a value to one of the levels `k * spacing`, each of which exists only with probability `keep` (after Youn et al.
 * 2023, "Randomized Quantization is All You Need for Differential Privacy in Federated Learning", with unbounded range):
 * walk down and up from the value to the nearest levels that exist, then round between the two with the exact mean.
 *
 * Unbiased. We state no (epsilon, delta) for it: over thousands of entries the sum of its per-entry losses is no
 * guarantee worth a number. It masks.
 */
export function randomisedLevel(options: {
  readonly value: number;
  readonly spacing: number;
  /** Probability that a level exists, above 0 and at most 1. */
  readonly keep: number;
  readonly random: RandomSource;
}): number {
  const { value, spacing, keep, random } = options;
  let low = Math.floor(value / spacing);
  let high = low + 1;
  while (random() >= keep) low -= 1;
  while (random() >= keep) high += 1;
  const [bottom, top] = [low * spacing, high * spacing];
  return random() < (value - bottom) / (top - bottom) ? top : bottom;
}
