import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SAMPLING_FLOOR, sampledCandidates } from "../../../services/protocol/market/sampling.ts";
import { expectCode } from "../expect-code.ts";
import { samplingVectors } from "./reliability-cases.ts";

const inputs = fc.record({
  seed: fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }),
  projectId: fc.bigInt({ min: 1n, max: 1000n }),
  roundIndex: fc.bigInt({ min: 0n, max: 1000n }),
  places: fc.integer({ min: 0, max: 13 }),
  reliabilities: fc.array(fc.integer({ min: 0, max: 65_535 }), { maxLength: 40 }),
});

describe("sampling of trainers", () => {
  it("agrees with the vectors that the contract is tested with", () => {
    const stored = readFileSync(new URL("../../vectors/sampling.json", import.meta.url), "utf8");
    expect(stored).toBe(samplingVectors());
  });

  it("fills all places with different candidates and is the same for the same seed", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const drawn = sampledCandidates(input);

        expect(drawn).toHaveLength(Math.min(input.places, input.reliabilities.length));
        expect(new Set(drawn).size).toBe(drawn.length);
        expect(drawn.every((index) => index < input.reliabilities.length)).toBe(true);
        expect(sampledCandidates(input)).toEqual(drawn);
      }),
      { seed: 20_267, numRuns: 300 },
    );
  });

  it("draws in proportion to reliability plus the floor", () => {
    const reliabilities = [0, 20_000, 40_000, 60_000];
    const counts = [0, 0, 0, 0];
    const draws = 4000;
    for (let roundIndex = 0n; roundIndex < draws; roundIndex++) {
      const [index] = sampledCandidates({
        seed: 7n,
        projectId: 1n,
        roundIndex,
        places: 1,
        reliabilities,
      });
      counts[index as number] = (counts[index as number] as number) + 1;
    }
    const total = reliabilities.reduce((sum, score) => sum + score + SAMPLING_FLOOR, 0);
    for (const [index, count] of counts.entries()) {
      const expected = ((reliabilities[index] as number) + SAMPLING_FLOOR) / total;
      // Four standard deviations of a binomial with fixed seed.
      expect(Math.abs(count / draws - expected)).toBeLessThan(4 * Math.sqrt(0.25 / draws));
    }
  });

  it.each([
    ["a reliability above 65535", { reliabilities: [65_536] }],
    ["a negative reliability", { reliabilities: [-1] }],
    ["half a place", { places: 0.5 }],
    ["a negative number of places", { places: -1 }],
  ])("refuses %s with CW1052", (_, change) => {
    const plain = { seed: 1n, projectId: 1n, roundIndex: 0n, places: 1, reliabilities: [1, 2] };
    expectCode(() => sampledCandidates({ ...plain, ...change }), "CW1052");
  });
});
