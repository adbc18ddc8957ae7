import type { Verdict } from "../../services/protocol/rule/verdicts.ts";

/** Something that a verdict proves about an update. */
export interface ProvenFact {
  readonly text: string;
  /** Whether it speaks for the update, against it, or says nothing. */
  readonly kind: "for" | "against" | "nothing";
}

/** What a proven verdict shows of how an update lies to what it is compared with. */
export interface ProvenSimilarity {
  /** Its length, beside the reference's. */
  readonly length: ProvenFact;
  /** Beside the updates that were handed in before it. */
  readonly others: ProvenFact;
  /** Its cosine with the owner's reference. */
  readonly reference: ProvenFact;
  /** Its cosine with the last round's change of the model. */
  readonly last: ProvenFact;
}

/** The tests in the rule's order: who fails one is not asked the next. Twin: `survivors.ts`. */
const ORDER: readonly Verdict[] = [
  ...(["above-norm-bound", "duplicate", "too-large", "too-small"] as const),
  ...(["against-reference", "stale-copy", "accepted"] as const),
];

const untold: ProvenFact = { text: "not told", kind: "nothing" };
const yes = (text: string): ProvenFact => ({ text, kind: "for" });
const no = (text: string): ProvenFact => ({ text, kind: "against" });

/**
 * What follows about an update's inner products from its proven verdict alone. The numbers themselves stay hidden: a verdict says on
 * which side of the rule's bounds they are.
 *
 * @param verdict As proven; `not-selected` has passed all tests that `accepted` has.
 * @param hasLast Whether there was a last change to compare with.
 */
export function provenSimilarity(verdict: Verdict, hasLast: boolean): ProvenSimilarity {
  const all = { length: untold, others: untold, reference: untold, last: untold };
  if (verdict === "inactive") return all;
  const reached = ORDER.indexOf(verdict === "not-selected" ? "accepted" : verdict);
  const fails = (test: Verdict) => verdict === test;
  const passes = (test: Verdict) => reached > ORDER.indexOf(test);
  return {
    length: fails("above-norm-bound")
      ? no("longer than the terms allow")
      : fails("too-large")
        ? no("more than 2.8 × the reference")
        : fails("too-small")
          ? no("less than 1/11 of the reference")
          : passes("too-small")
            ? yes("1/11 to 2.8 × the reference")
            : yes("within the terms’ bound"),
    others: fails("duplicate")
      ? no("exact copy of an earlier one")
      : passes("duplicate")
        ? yes("no copy of an earlier one")
        : untold,
    reference: fails("against-reference")
      ? no("cos ≤ 0: away from it")
      : passes("against-reference")
        ? yes("cos > 0: along it")
        : untold,
    last: !hasLast
      ? { text: "nothing to compare with yet", kind: "nothing" }
      : fails("stale-copy")
        ? no("cos ≥ 0.9995: a copy of it")
        : passes("stale-copy")
          ? yes("cos < 0.9995: something new")
          : untold,
  };
}
