import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { privacyStatement } from "../../services/learning/privacy/privacy-ledger.ts";

test("the epsilons in docs/privacy.md are those the accountant gives", () => {
  const rows = [
    ...readFileSync("docs/privacy.md", "utf8").matchAll(
      /^\| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$/gm,
    ),
  ];

  expect(rows).toHaveLength(7);
  for (const [, multiplier, ...shown] of rows) {
    const epsilons = [1, 10, 50].map((updates) => {
      const entries = Array.from({ length: updates }, (_, roundIndex) => ({
        projectId: "a",
        roundIndex,
        noiseMultiplier: Number(multiplier),
      }));
      const { spentEpsilon } = privacyStatement(entries, { epsilon: 1, delta: 1e-5 });
      return spentEpsilon >= 100 ? spentEpsilon.toFixed(0) : spentEpsilon.toFixed(1);
    });
    expect(epsilons).toEqual(shown);
  }
});
