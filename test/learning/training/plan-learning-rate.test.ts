import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { planLearningRate } from "../../../services/learning/training/plan-learning-rate.ts";

describe("the learning rate of the next round", () => {
  test("stays while models get better, and after a single bad one", () => {
    expect(planLearningRate(0.1, [0.01, 0.1], [])).toBe(0.1);
    expect(planLearningRate(0.1, [0.01, 0.1], [2.3, 1.1, 0.9, 0.8])).toBe(0.1);
    expect(planLearningRate(0.1, [0.01, 0.1], [2.3, 1.1, 1.4, 0.9, 1.1])).toBe(0.1);
  });

  test("halves after two models in a row that are no better than the best before", () => {
    expect(planLearningRate(0.1, [0.01, 0.1], [2.3, 1.1, 1.2, 1.1])).toBe(0.05);
    expect(planLearningRate(0.1, [0.01, 0.1], [2.3, 1.1, 1.095, 1.094])).toBe(0.05);
    expect(planLearningRate(0.1, [0.01, 0.1], [1, 1, 1, 1, 1])).toBe(0.025);
    expect(planLearningRate(0.1, [0.01, 0.1], [2.3, Number.NaN, Number.NaN])).toBe(0.05);
  });

  test("never leaves the owner's bounds, and never rises (property)", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.01, max: 10 }), { maxLength: 60 }), (losses) => {
        let before = 0.1;
        for (let count = 0; count <= losses.length; count++) {
          const planned = planLearningRate(0.1, [0.02, 0.3], losses.slice(0, count));
          expect(planned).toBeGreaterThanOrEqual(0.02);
          expect(planned).toBeLessThanOrEqual(before);
          before = planned;
        }
      }),
      { seed: 3, numRuns: 100 },
    );
  });
});
