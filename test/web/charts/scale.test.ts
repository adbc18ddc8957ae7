import fc from "fast-check";
import { expect, test } from "vitest";
import { labelStep, niceTicks } from "../../../web/charts/scale.ts";

test("ticks are round numbers", () => {
  expect(niceTicks(1, 4)).toEqual([0, 0.25, 0.5, 0.75, 1]);
  expect(niceTicks(2.3, 4)).toEqual([0, 1, 2, 3]);
  expect(niceTicks(0.3, 3)).toEqual([0, 0.1, 0.2, 0.3]);
});

test("an axis without values still has two ends", () => {
  expect(niceTicks(0, 4)).toEqual([0, 1]);
  expect(niceTicks(Number.NaN, 4)).toEqual([0, 1]);
});

test("ticks reach the highest value, with no more steps than asked for", () => {
  const highest = fc.double({ min: 1e-6, max: 1e9, noNaN: true });
  fc.assert(
    fc.property(highest, fc.integer({ min: 1, max: 8 }), (max, count) => {
      const ticks = niceTicks(max, count);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(max * (1 - 1e-8));
      expect(ticks.length).toBeLessThanOrEqual(count + 1);
      expect([...ticks].sort((one, other) => one - other)).toEqual(ticks);
    }),
    { seed: 7 },
  );
});

test("labels are left out where there is no room", () => {
  expect(labelStep(10, 1000, 34)).toBe(1);
  expect(labelStep(100, 340, 34)).toBe(10);
  expect(labelStep(5, 10, 34)).toBe(5);
});
