import { CommonweightError } from "../../protocol/errors.ts";
import { learningErrors } from "../errors.ts";
import { countLocalSteps, type Hyperparameters } from "./hyperparameters.ts";

/**
 * Steps of the reference: 2 to 4 times those of the median trainer (`docs/rules.md`). A single gradient is a bad lie
 * detector; a reference that ran on longer than the trainers points at what they got wrong.
 *
 * @throws CommonweightError CW3401 for a multiple outside 2..4.
 */
export function referenceStepsFor(
  hyperparameters: Hyperparameters,
  medianTrainerSamples: number,
  multiple = 3,
): number {
  if (!(multiple >= 2 && multiple <= 4)) {
    throw new CommonweightError(
      learningErrors.referenceInvalid,
      `${multiple} times the median steps: 2 to 4 filters best`,
    );
  }
  return Math.round(multiple * countLocalSteps(hyperparameters, medianTrainerSamples));
}
