import { CommonweightError } from "../errors.ts";
import { multiKrumRule } from "./multi-krum-rule.ts";
import type { RoundRule } from "./round-rule.ts";
import { ruleErrors } from "./rule-errors.ts";
import { trustRule } from "./trust-rule.ts";

/** All rules of the market. A new rule is a pure function here, a circuit and its keys. */
export const ROUND_RULES: readonly RoundRule[] = [trustRule, multiKrumRule];

/** @throws CommonweightError CW1002 when no rule has this id. */
export function roundRuleById(id: number): RoundRule {
  const rule = ROUND_RULES.find((candidate) => candidate.id === id);
  if (!rule) throw new CommonweightError(ruleErrors.ruleUnknown, `there is no rule ${id}`);
  return rule;
}
