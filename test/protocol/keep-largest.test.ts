import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keepLargest } from "../../services/protocol/keep-largest.ts";

describe("keeping an update's largest entries", () => {
  it("keeps the largest magnitudes in place and zeroes the rest", () => {
    expect([...keepLargest(Int16Array.of(3, -32768, 1, 0, -4, 32767), 3)]).toEqual([
      0, -32768, 0, 0, -4, 32767,
    ]);
    expect([...keepLargest(Int16Array.of(2, -2, 2), 2)]).toEqual([2, -2, 0]);
    expect([...keepLargest(Int16Array.of(2, 5), 0)]).toEqual([0, 0]);
    expect([...keepLargest(Int16Array.of(2, 5), 9)]).toEqual([2, 5]);
  });

  it("keeps exactly as many as asked, none smaller than one it dropped (property)", () => {
    const vectors = fc.array(
      fc.integer({ min: -32768, max: 32767 }).filter((value) => value !== 0),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(vectors, fc.nat({ max: 220 }), (values, count) => {
        const update = Int16Array.from(values);
        const kept = keepLargest(update, count);
        const magnitudes = (isKept: boolean) =>
          values.filter((_, index) => (kept[index] !== 0) === isKept).map(Math.abs);
        expect(magnitudes(true).length).toBe(Math.min(count, values.length));
        expect(Math.min(...magnitudes(true))).toBeGreaterThanOrEqual(
          Math.max(...magnitudes(false), 0),
        );
      }),
      { seed: 9 },
    );
  });
});
