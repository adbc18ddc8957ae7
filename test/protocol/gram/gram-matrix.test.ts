import { describe, expect, test } from "vitest";
import { gramMatrix, type SlotVector } from "../../../services/protocol/gram/gram-matrix.ts";
import { seededSlots } from "../gram-cases.ts";

function naive(slots: readonly SlotVector[]): bigint[][] {
  return slots.map((left) =>
    slots.map((right) => {
      let sum = 0n;
      if (left && right) {
        for (let k = 0; k < left.length; k++)
          sum += BigInt(left[k] as number) * BigInt(right[k] as number);
      }
      return sum;
    }),
  );
}

describe("the Gram matrix", () => {
  test.each([1, 63, 64, 65, 16_384, 16_385, 40_000])("is exact for %i parameters", (length) => {
    const slots = seededSlots("gram", 8, length, [4]);

    expect(gramMatrix(slots)).toEqual(naive(slots));
  });

  test("is exact at both ends of the number ranges", () => {
    const fill = (value: number) => new Int16Array(50_000).fill(value);
    const wide = (value: number) => new Int32Array(50_000).fill(value);
    const slots = [
      fill(-32768),
      fill(32767),
      wide(2 ** 29),
      fill(-32768),
      null,
      fill(1),
      null,
      null,
    ];

    expect(gramMatrix(slots)).toEqual(naive(slots));
  });

  test("of no active slot is zero", () => {
    expect(gramMatrix([null, null])).toEqual([
      [0n, 0n],
      [0n, 0n],
    ]);
  });

  test("refuses slots of different length", () => {
    expect(() => gramMatrix([new Int16Array(4), new Int16Array(5)])).toThrow(
      expect.objectContaining({ code: "CW1601" }),
    );
  });

  test("refuses inner products wider than the circuit's words", () => {
    const wide = new Int32Array(2 ** 15).fill(2 ** 30);

    expect(() => gramMatrix([null, null, wide])).toThrow(
      expect.objectContaining({ code: "CW1603" }),
    );
    expect(() => gramMatrix([null, null, wide.subarray(1)])).not.toThrow();
  });
});
