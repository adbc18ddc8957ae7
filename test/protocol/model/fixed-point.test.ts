import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  aggregateUpdates,
  appliedModel,
  MAX_UPDATE_ENTRY,
  modelValues,
  quantiseModel,
  quantiseUpdate,
  updateValues,
} from "../../../services/protocol/model/fixed-point.ts";
import {
  calibrateFixedPoint,
  ditherNorm,
} from "../../../services/protocol/model/fixed-point-calibration.ts";
import { expectCode } from "../expect-code.ts";
import { seededBytes } from "../gram-cases.ts";

const RUNS = { seed: 20_269, numRuns: 200 };
const fractionBits = fc.integer({ min: 8, max: 16 });
const int16 = fc.integer({ min: -32_767, max: 32_767 });

const quantised = (values: Float32Array, bits: number, ditherBits: number, seed = "q") =>
  quantiseUpdate({ values, fractionBits: bits, ditherBits, randomBytes: seededBytes(seed) });

describe("an update in fixed point", () => {
  it("reads back exactly what it holds, and holds exactly what is on the grid", () => {
    fc.assert(
      fc.property(fc.array(int16, { minLength: 1, maxLength: 50 }), fractionBits, (list, bits) => {
        const entries = Int16Array.from(list);
        const again = quantised(updateValues(entries, bits), bits, 0);

        expect(again.entries).toEqual(entries);
        expect(again.saturatedCount).toBe(0);
      }),
      RUNS,
    );
  });

  it("is off by less than one step without dither, whatever the random bytes", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 50 }),
        fc.string(),
        (values, seed) => {
          const { entries } = quantised(Float32Array.from(values), 12, 0, seed);

          for (const [index, entry] of entries.entries()) {
            expect(Math.abs(entry - Math.fround(values[index] as number) * 4096)).toBeLessThan(1);
          }
        },
      ),
      RUNS,
    );
  });

  it.each([0, 4, 8])("is unbiased and spread evenly with %d dither bits", (ditherBits) => {
    const samples = 40_000;
    const value = 0.1234;
    const { entries } = quantised(new Float32Array(samples).fill(value), 12, ditherBits);
    const mean = entries.reduce((sum, entry) => sum + entry, 0) / samples;
    const exact = Math.fround(value) * 4096;
    const deviation = Math.sqrt((4 ** ditherBits - 1) / 12 + 0.25);
    expect(Math.abs(mean - exact)).toBeLessThan((5 * deviation) / Math.sqrt(samples));
    const variance = entries.reduce((sum, entry) => sum + (entry - mean) ** 2, 0) / samples;
    expect(variance).toBeLessThan((4 ** ditherBits - 1) / 12 + 0.25 + 0.05 * 4 ** ditherBits);
    // No value is likelier than 2^-b: that is what a forged coordinate must survive.
    const counts = new Map<number, number>();
    for (const entry of entries) counts.set(entry, (counts.get(entry) ?? 0) + 1);
    expect(counts.size).toBeGreaterThanOrEqual(2 ** ditherBits);
    const likeliest = Math.max(...counts.values()) / samples;
    const chance = 2 ** -ditherBits;
    expect(likeliest).toBeLessThanOrEqual(chance + 5 * Math.sqrt(chance / samples));
  });

  it("counts what it cuts off", () => {
    const { entries, saturatedCount } = quantised(Float32Array.from([9, -9, 7.9, 0]), 12, 0);
    expect([...entries.slice(0, 2)]).toEqual([MAX_UPDATE_ENTRY, -MAX_UPDATE_ENTRY]);
    expect(saturatedCount).toBe(2);
  });

  it("asks for random bytes in pieces that the Web Crypto API gives", () => {
    const requested: number[] = [];
    quantiseUpdate({
      values: new Float32Array(40_000),
      fractionBits: 12,
      ditherBits: 2,
      randomBytes: (length) => {
        requested.push(length);
        return new Uint8Array(length);
      },
    });
    expect(Math.max(...requested)).toBeLessThanOrEqual(65_536);
    expect(requested.reduce((sum, length) => sum + length, 0)).toBe(160_000);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "refuses %d with CW1100, also in a model",
    (value) => {
      expectCode(() => quantised(Float32Array.from([0, value]), 12, 0), "CW1100");
      expectCode(() => quantiseModel(Float32Array.from([0, value]), 12), "CW1100");
    },
  );

  it.each([
    [7, 0],
    [17, 0],
    [8.5, 0],
    [12, -1],
    [12, 13],
  ])("refuses %d fraction and %d dither bits with CW1101", (bits, ditherBits) => {
    expectCode(() => quantised(new Float32Array(1), bits, ditherBits), "CW1101");
  });
});

describe("a model in fixed point", () => {
  it("reads back exactly, over the whole range of int32", () => {
    const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(fc.array(int32, { maxLength: 50 }), fractionBits, (list, bits) => {
        const entries = Int32Array.from(list);

        expect(quantiseModel(modelValues(entries, bits), bits)).toEqual(entries);
      }),
      RUNS,
    );
  });

  it("moves by the weighted sum of updates in values as in integers", () => {
    const weights = [512, 0, 512];
    const updates = [Int16Array.from([2, -4]), null, Int16Array.from([6, 8])];
    const aggregate = aggregateUpdates({ updates, weights, parameterCount: 2 });
    const model = appliedModel(quantiseModel(Float32Array.from([1, 1]), 8), aggregate);

    expect([...aggregate]).toEqual([4096, 2048]);
    expect([...modelValues(model, 8)]).toEqual([1 + 4 / 256, 1 + 2 / 256]);
  });

  it("refuses an entry outside int32 with CW1102", () => {
    expectCode(() => quantiseModel(Float32Array.from([8192]), 8), "CW1102");
    const top = Int32Array.from([2 ** 31 - 1]);
    expectCode(() => appliedModel(top, Int32Array.from([1])), "CW1102");
    expectCode(() => appliedModel(Int32Array.from([-(2 ** 31)]), Int32Array.from([-1])), "CW1102");
  });

  it("refuses lengths that do not belong together with CW1103", () => {
    const updates = [Int16Array.from([1])];
    expectCode(() => appliedModel(new Int32Array(2), new Int32Array(3)), "CW1103");
    expectCode(() => aggregateUpdates({ updates, weights: [1, 2], parameterCount: 1 }), "CW1103");
    expectCode(() => aggregateUpdates({ updates, weights: [1], parameterCount: 2 }), "CW1103");
    expectCode(
      () => aggregateUpdates({ updates: [null], weights: [1], parameterCount: 2 }),
      "CW1103",
    );
  });
});

describe("calibration", () => {
  const typical = {
    largestEntry: 0.24,
    medianNorm: 0.9,
    largestModelEntry: 0.5,
    parameterCount: 7850,
  };

  it("takes the finest scale that holds honest updates, and quiet dither", () => {
    const { fractionBits: bits, ditherBits } = calibrateFixedPoint(typical);

    expect(bits).toBe(15);
    expect(4 * typical.largestEntry * 2 ** bits).toBeLessThanOrEqual(MAX_UPDATE_ENTRY);
    const loudness = (dither: number) =>
      ditherNorm({ ditherBits: dither, fractionBits: bits, parameterCount: 7850 });
    expect(loudness(ditherBits)).toBeLessThanOrEqual(0.09);
    expect(loudness(ditherBits + 1)).toBeGreaterThan(0.09);
  });

  it("predicts the norm of the noise it measures", () => {
    const values = new Float32Array(20_000);
    const { entries } = quantised(values, 14, 6);
    const measured = Math.hypot(...updateValues(entries, 14));
    const predicted = ditherNorm({ ditherBits: 6, fractionBits: 14, parameterCount: 20_000 });
    expect(Math.abs(measured / predicted - 1)).toBeLessThan(0.02);
  });

  it("refuses updates that fit no scale with CW1104", () => {
    expectCode(() => calibrateFixedPoint({ ...typical, largestEntry: 40 }), "CW1104");
    expectCode(() => calibrateFixedPoint({ ...typical, largestModelEntry: 1e6 }), "CW1104");
  });
});
