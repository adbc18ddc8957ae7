import { CommonweightError } from "../../protocol/errors.ts";
import { learningErrors } from "../errors.ts";
import type { Attack, AttackContext } from "./attack.ts";
import { colludingAttacks } from "./colluding-attacks.ts";
import { dataAttacks } from "./data-attacks.ts";
import { updateAttacks } from "./update-attacks.ts";

/** All attacks, in the order of the robustness table. */
export const ATTACKS: readonly Attack[] = [...updateAttacks, ...colludingAttacks, ...dataAttacks];

/** @throws CommonweightError CW3501 when there is no attack of this name. */
export function findAttack(name: string): Attack {
  const attack = ATTACKS.find((candidate) => candidate.name === name);
  if (attack) return attack;
  const names = ATTACKS.map((known) => known.name).join(", ");
  throw new CommonweightError(
    learningErrors.attackUnknown,
    `no attack "${name}"; there are ${names}`,
  );
}

/**
 * Replaces a trainer's honest update by an attacker's: the one line that turns a worker into an attacker, in rehearsals
 * and tests.
 *
 * @throws CommonweightError CW3501 for an unknown name, CW3502 when the context lacks what the attack needs.
 * @example const update = await applyAttack("sign-flip", { honestUpdate, random });
 */
export async function applyAttack(name: string, context: AttackContext): Promise<Int16Array> {
  return findAttack(name).craft(context);
}
