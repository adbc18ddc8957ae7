import type { RuleProofInput } from "../../protocol/round/prove-round.ts";
import { packTerms } from "../../protocol/round/public-signals.ts";
import { toScalar } from "../../protocol/scalar.ts";

/** The circuit's private and public inputs, by their names in every rule's circuit. */
export function ruleCircuitInput(input: RuleProofInput): Record<string, bigint | bigint[]> {
  const upperTriangle = input.gram.flatMap((row, i) => row.slice(i).map(toScalar));
  return {
    alpha: input.alpha,
    gramHash: input.gramHash,
    terms: packTerms(input.terms),
    gram: upperTriangle,
    dummyRow: [...input.dummyRow],
    salt: input.salt,
  };
}
