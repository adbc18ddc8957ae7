import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeInt16, encodeInt16 } from "../../../services/protocol/bundle/int16-coder.ts";

const seed = 20_26;

describe("the coder for update integers", () => {
  it("gives back any vector, extremes included", () => {
    const int16 = fc.integer({ min: -32768, max: 32767 });
    const shapes = fc.oneof(
      fc.array(int16, { maxLength: 400 }),
      fc.array(fc.constantFrom(-32768, 32767, 0, 1, -1), { maxLength: 400 }),
      fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 2000 }),
    );
    fc.assert(
      fc.property(shapes, (values) => {
        const vector = Int16Array.from(values);
        expect(decodeInt16(encodeInt16(vector), vector.length)).toEqual(vector);
      }),
      { seed, numRuns: 300 },
    );
  });

  it("comes within 0.15 bits of the entropy of a normal distribution", () => {
    const sigma = 300;
    const vector = normalVector(100_000, sigma);

    const bitsPerValue = (8 * encodeInt16(vector).length) / vector.length;

    expect(bitsPerValue).toBeLessThan(Math.log2(sigma * Math.sqrt(2 * Math.PI * Math.E)) + 0.15);
  });

  it("costs less than a tenth of a bit for each zero of a sparse vector", () => {
    const vector = new Int16Array(100_000);
    vector[77] = 1234;

    expect((8 * encodeInt16(vector).length) / vector.length).toBeLessThan(0.1);
  });

  it("refuses a code that is cut off, continued, or for another length", () => {
    const vector = normalVector(1000, 50);
    const code = encodeInt16(vector);

    expect(decodeInt16(code.subarray(0, code.length - 1), 1000)).toBeUndefined();
    expect(decodeInt16(Uint8Array.of(...code, 0), 1000)).toBeUndefined();
    expect(decodeInt16(code, 900)).toBeUndefined();
    expect(decodeInt16(code, 2000)).toBeUndefined();
  });

  it("decodes arbitrary bytes to the length asked for or to nothing, never to more", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 300 }),
        fc.integer({ min: 0, max: 3000 }),
        (bytes, length) => {
          const decoded = decodeInt16(bytes, length);
          expect(decoded === undefined || decoded.length === length).toBe(true);
        },
      ),
      { seed, numRuns: 300 },
    );
  });
});

/** Seeded, close to normal: sums of twelve uniform draws. */
function normalVector(length: number, sigma: number): Int16Array {
  let state = 1;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Int16Array.from({ length }, () => {
    let sum = -6;
    for (let index = 0; index < 12; index++) sum += uniform();
    return Math.round(sum * sigma);
  });
}
