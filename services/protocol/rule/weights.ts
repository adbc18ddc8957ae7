import { WEIGHT_TOTAL } from "./round-rule.ts";

/**
 * Integer weights in proportion to raw ones: floors of `1024 * raw / sum`, the missing units to the first
 * largest raw weight, so that they sum to exactly 1024 (to 0 when all raw weights are 0).
 * Twin: `DerivedWeights.circom`.
 *
 * @example weightsFromRaw([1n, 1n, 1n]) // [342, 341, 341]
 */
export function weightsFromRaw(rawWeights: readonly bigint[]): number[] {
  const sum = rawWeights.reduce((total, raw) => total + raw, 0n);
  if (sum === 0n) return rawWeights.map(() => 0);
  const weights = rawWeights.map((raw) => Number((BigInt(WEIGHT_TOTAL) * raw) / sum));
  const missing = WEIGHT_TOTAL - weights.reduce((total, weight) => total + weight, 0);
  const first = rawWeights.findIndex((raw) => rawWeights.every((other) => other <= raw));
  return weights.map((weight, trainer) => (trainer === first ? weight + missing : weight));
}
