import { CommonweightError } from "../../protocol/errors.ts";
import { DUMMY_COEFFICIENTS } from "../../protocol/gram/gram-mask.ts";
import { ownerErrors } from "../errors.ts";

/** @throws CW4021 for a model that has fewer parameters than its proof has masks. */
export function requireProvable(parameterCount: number): void {
  if (parameterCount >= DUMMY_COEFFICIENTS) return;
  throw new CommonweightError(
    ownerErrors.ruleCannotWork,
    `a model of ${parameterCount} parameters: proofs hide products behind ${DUMMY_COEFFICIENTS} coefficients and need as many parameters; a hidden layer has them, --model mlp`,
  );
}
