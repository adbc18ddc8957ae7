import type { G1Point } from "../../protocol/curve.ts";
import type { VerifyingKeyJson } from "./verify-rule.ts";

/**
 * The point alpha of every development key, whatever the circuit: the generator times a hash of a sentence, which a test computes again.
 * A ceremony's alpha is another one.
 */
export const DEVELOPMENT_ALPHA: G1Point = {
  x: 17892647332241844135556168020305757070484835055385032778220081098051776447240n,
  y: 2973933400084629233504059540423593840073001413385973673576683908828711596060n,
};

/** Whether a key's secret is public, so that anybody can forge what it verifies. */
export function isDevelopmentKey({ vk_alpha_1 }: VerifyingKeyJson): boolean {
  const [x, y] = vk_alpha_1.map(BigInt);
  return x === DEVELOPMENT_ALPHA.x && y === DEVELOPMENT_ALPHA.y;
}
