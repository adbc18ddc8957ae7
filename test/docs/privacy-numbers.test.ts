import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";
import { privacySpent } from "../../services/learning/privacy/renyi-accountant.ts";

const page = readFileSync(join(repositoryRoot, "docs/privacy.md"), "utf8");

/** Epsilon at delta 1e-5. Two clipped updates are at most two clip norms apart. */
const epsilonOf = (multiplier: number, releases: number) =>
  privacySpent([{ noiseToSensitivity: multiplier / 2, releases }], 1e-5).epsilon;

describe("the numbers of docs/privacy.md", () => {
  const rows = [...page.matchAll(/^\| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$/gm)];

  it("are there", () => {
    expect(rows.length).toBeGreaterThanOrEqual(7);
  });

  it.each(rows.map(([, multiplier, ...shown]) => ({ multiplier: Number(multiplier), shown })))(
    "for a multiplier of $multiplier are what the accountant computes",
    ({ multiplier, shown }) => {
      const computed = [1, 10, 50].map((releases, column) => {
        const decimals = shown[column]?.split(".")[1]?.length ?? 0;
        return epsilonOf(multiplier, releases).toFixed(decimals);
      });

      expect(shown).toEqual(computed);
    },
  );

  it("do not make the noise that training survives look better than it is", () => {
    expect(page).toContain("(a multiplier of about 0.01) has an epsilon above 20,000");
    expect(epsilonOf(0.01, 1)).toBeGreaterThan(20_000);
  });
});
