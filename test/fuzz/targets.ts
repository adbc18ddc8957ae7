import { binaryTargets } from "./binary-targets.ts";
import { proofTargets } from "./proof-targets.ts";
import type { FuzzTarget } from "./run-target.ts";
import { textTargets } from "./text-targets.ts";

/** Every parser of the project that meets input from outside. */
export const fuzzTargets: readonly FuzzTarget[] = [
  ...binaryTargets,
  ...textTargets,
  ...proofTargets,
];

/** Cases of each target when there are `total` together, by weight. */
export function casesOf(target: FuzzTarget, total: number): number {
  const weights = fuzzTargets.reduce((sum, { weight }) => sum + weight, 0);
  return Math.max(1, Math.round((total * target.weight) / weights));
}
