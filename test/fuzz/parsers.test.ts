import { afterAll, describe, expect, test } from "vitest";
import { removeFuzzFolder } from "./from-file.ts";
import { runTarget } from "./run-target.ts";
import { casesOf, fuzzTargets } from "./targets.ts";

const CASES = 6000;

afterAll(removeFuzzFolder);

describe("a damaged input gets an answer or a typed refusal", () => {
  test.each(fuzzTargets.map((target) => [target.name, target] as const))(
    "%s",
    async (_, target) => {
      // Another sequence in each run, so that runs add up; the seed of a failure is in its message.
      const seed = Date.now() % 2 ** 31;
      const result = await runTarget(target, { cases: casesOf(target, CASES), seed });
      expect({ ...result, seed }).not.toHaveProperty("crash");
      // A target whose seed is no valid input tests nothing.
      expect(result.accepted).toBeGreaterThan(0);
    },
  );

  test("a parser that crashes is reported with the smallest input that does it", async () => {
    const fragile = {
      name: "fragile",
      seeds: [new TextEncoder().encode("valid")],
      weight: 1,
      read: (input: Uint8Array) => {
        if (input.length > 20) throw new RangeError("too long");
      },
    };
    const { crash } = await runTarget(fragile, { cases: 500, seed: 7 });
    expect(crash?.error).toContain("too long");
    expect((crash?.inputHex.length ?? 0) / 2).toBeGreaterThan(20);
  });
});
