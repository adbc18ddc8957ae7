import { expect, it } from "vitest";
import type { GramMatrix } from "../../../services/protocol/gram/gram-matrix.ts";
import type { RoundTerms } from "../../../services/protocol/rule/round-terms.ts";
import { survivorVerdict } from "../../../services/protocol/rule/survivors.ts";
import type { Verdict } from "../../../services/protocol/rule/verdicts.ts";
import { provenSimilarity } from "../../../web/round/proven-similarity.ts";

const kinds = (verdict: Verdict, hasLast = true) =>
  Object.fromEntries(
    Object.entries(provenSimilarity(verdict, hasLast)).map(([name, { kind }]) => [name, kind]),
  );

it("says nothing beyond what the verdict proves: tests behind the one that failed were not made", () => {
  expect(kinds("accepted")).toEqual({
    length: "for",
    others: "for",
    reference: "for",
    last: "for",
  });
  expect(kinds("not-selected")).toEqual(kinds("accepted"));
  expect(kinds("stale-copy")).toEqual({ ...kinds("accepted"), last: "against" });
  expect(kinds("against-reference")).toEqual({
    ...{ length: "for", others: "for", reference: "against", last: "nothing" },
  });
  expect(kinds("duplicate")).toEqual({
    ...{ length: "for", others: "against", reference: "nothing", last: "nothing" },
  });
  expect(new Set(Object.values(kinds("inactive")))).toEqual(new Set(["nothing"]));
  expect(kinds("accepted", false).last).toBe("nothing");
});

/** A round of two updates in a plane, with r along the first axis and p along the second. */
function verdictOf([x, y]: readonly [number, number]): Verdict {
  const vectors = [[100, 0], null, [0, 100], [x, y], null, null, null, null];
  const gram: GramMatrix = vectors.map((one) =>
    vectors.map((other) =>
      one && other
        ? BigInt(Math.round((one[0] ?? 0) * (other[0] ?? 0) + (one[1] ?? 0) * (other[1] ?? 0)))
        : 0n,
    ),
  );
  const terms: RoundTerms = {
    ...{ slotCount: 8, normBoundSquared: 1_000_000n, parameterA: 0, parameterB: 0 },
    active: vectors.map((each) => each !== null),
    baseWeights: [1, 0, 0, 0, 0],
  };
  return survivorVerdict({ gram, terms }, 3);
}

it.each([
  [[2000, 0], "length", "longer than the terms allow"],
  [[300, 0], "length", "more than 2.8 × the reference"],
  [[5, 0], "length", "less than 1/11 of the reference"],
  [[-50, 0], "reference", "cos ≤ 0: away from it"],
  [[2, 200], "last", "cos ≥ 0.9995: a copy of it"],
  [[60, 60], "last", "cos < 0.9995: something new"],
] as const)("is what the rule has tested: %j", (update, about, text) => {
  expect(provenSimilarity(verdictOf(update), true)[about].text).toBe(text);
});
