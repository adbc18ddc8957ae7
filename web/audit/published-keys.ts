import type { VerifyingKeyJson } from "../../services/adapters/snark/verify-rule.ts";

type KeyModule = Promise<{ readonly default: unknown }>;

/** The keys of this repository by `ruleId-slots`; each is a chunk of its own. */
const keys: Record<string, () => KeyModule> = {
  "1-8": () => import("../../circuits/keys/trust-8.vkey.json"),
  "1-16": () => import("../../circuits/keys/trust-16.vkey.json"),
  "1-32": () => import("../../circuits/keys/trust-32.vkey.json"),
  "2-8": () => import("../../circuits/keys/multi-krum-8.vkey.json"),
  "2-16": () => import("../../circuits/keys/multi-krum-16.vkey.json"),
};

/** The verifying key that this page was built with; null when it has none for the rule. */
export async function publishedKey(
  ruleId: number,
  slots: number,
): Promise<VerifyingKeyJson | null> {
  const load = keys[`${ruleId}-${slots}`];
  return load === undefined ? null : ((await load()).default as VerifyingKeyJson);
}
