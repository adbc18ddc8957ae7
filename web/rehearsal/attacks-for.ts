import { ATTACKS } from "../../services/learning/attacks/apply-attack.ts";
import { TARGETED_FLIP } from "../../services/learning/attacks/data-attacks.ts";

/** Attacks that do anything to a task of so many classes. */
export function attacksFor(classes: number): typeof ATTACKS {
  return ATTACKS.filter(({ name }) => name !== "targeted-flip" || classes > TARGETED_FLIP.from);
}
