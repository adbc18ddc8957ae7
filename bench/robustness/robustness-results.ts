import type { AttackResult } from "./measure-attacks.ts";
import type { ContributionResult } from "./measure-contributions.ts";

/** Everything a run measures. */
export interface RobustnessResults {
  readonly seeds: readonly string[];
  readonly attacks: readonly AttackResult[];
  readonly contributions: readonly ContributionResult[];
  /** Wall time of the whole run. */
  readonly minutes: number;
}
