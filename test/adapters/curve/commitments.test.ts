import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCurve } from "../../../services/adapters/curve/open-curve.ts";
import { type Curve, INFINITY, SCALAR_FIELD } from "../../../services/protocol/curve.ts";
import { seededIntegers } from "../../protocol/gram-cases.ts";
import { commitmentUnderDevelopmentTau, seededScalars, timesGenerator } from "./reference.ts";

let curve: Curve & AsyncDisposable;
beforeAll(async () => {
  curve = await openCurve({ parameterCount: 20_000, threads: 2 });
});
afterAll(async () => {
  await curve[Symbol.asyncDispose]();
});

async function commit(values: readonly bigint[]) {
  return curve.commitScalars(await curve.combine([values], [1n], { length: values.length }));
}

describe("commitments of small integers agree with another library", () => {
  test.each([1, 2, 31, 300, 5_000, 20_000])("for %i numbers of 16 bits", async (length) => {
    const values = Int16Array.from(seededIntegers(`int16/${length}`, length, 16));

    const commitment = await curve.commitIntegers(values);

    expect(commitment).toEqual(commitmentUnderDevelopmentTau(Array.from(values, BigInt)));
  });

  test.each([1, 2, 300, 20_000])("for %i numbers of 32 bits", async (length) => {
    const values = Int32Array.from(seededIntegers(`int32/${length}`, length, 32));

    const commitment = await curve.commitIntegers(values);

    expect(commitment).toEqual(commitmentUnderDevelopmentTau(Array.from(values, BigInt)));
  });

  const extremes: [string, Int16Array | Int32Array][] = [
    ["only the smallest 16-bit number", new Int16Array(5_000).fill(-32768)],
    ["only the largest 16-bit number", new Int16Array(5_000).fill(32767)],
    ["both ends alternating", Int16Array.from({ length: 999 }, (_, j) => (j % 2 ? 32767 : -32768))],
    [
      "one number other than zero",
      Int16Array.from({ length: 999 }, (_, j) => (j === 500 ? -1 : 0)),
    ],
    ["only the smallest 32-bit number", new Int32Array(999).fill(-2147483648)],
    ["only the largest 32-bit number", new Int32Array(999).fill(2147483647)],
    [
      "all 16-bit numbers near a window's edge",
      Int16Array.from({ length: 2_000 }, (_, j) => j - 1000),
    ],
  ];
  test.each(extremes)("for %s", async (_, values) => {
    const commitment = await curve.commitIntegers(values);

    expect(commitment).toEqual(commitmentUnderDevelopmentTau(Array.from(values, BigInt)));
  });

  test("and zeros give infinity", async () => {
    expect(await curve.commitIntegers(new Int16Array(100))).toEqual(INFINITY);
    expect(await curve.commitIntegers(new Int16Array(0))).toEqual(INFINITY);
  });
});

describe("commitments of field elements agree with another library", () => {
  test.each([1, 2, 33, 1_000, 20_000])("for %i random scalars", async (length) => {
    const values = seededScalars(`scalars/${length}`, length);

    expect(await commit(values)).toEqual(commitmentUnderDevelopmentTau(values));
  });

  const structured: [string, (index: number) => bigint][] = [
    ["p - 1 everywhere", () => SCALAR_FIELD - 1n],
    ["one everywhere", () => 1n],
    ["powers of two", (index) => (1n << BigInt(index % 254)) % SCALAR_FIELD],
    ["powers of two minus one", (index) => ((1n << BigInt(index % 254)) - 1n) % SCALAR_FIELD],
    ["half of p and its neighbour", (index) => SCALAR_FIELD / 2n + BigInt(index % 2)],
    ["1 and p - 1 alternating", (index) => (index % 2 ? 1n : SCALAR_FIELD - 1n)],
    ["zeros with one last entry", (index) => (index === 2_999 ? 7n : 0n)],
  ];
  test.each(structured)("for %s", async (_, entry) => {
    const values = Array.from({ length: 3_000 }, (_unused, index) => entry(index));

    expect(await commit(values)).toEqual(commitmentUnderDevelopmentTau(values));
  });
});

describe("linear combinations of points", () => {
  test("agree with another library, with any scalar reduced first", async () => {
    const scalars = [5n, -3n, SCALAR_FIELD + 2n, 0n];
    const points = [2n, 9n, 11n, 4n].map(timesGenerator);

    const sum = await curve.linearCombination(points, scalars);

    expect(sum).toEqual(timesGenerator(2n * 5n - 27n + 22n));
  });

  test("treat (0, 0) as infinity, and cancel to it", async () => {
    const point = timesGenerator(77n);

    expect(await curve.linearCombination([INFINITY, point], [3n, 1n])).toEqual(point);
    expect(await curve.linearCombination([point, point], [1n, -1n])).toEqual(INFINITY);
    expect(await curve.linearCombination([], [])).toEqual(INFINITY);
  });

  test("refuse a point off the curve even with scalar zero, and lists of different length", async () => {
    await expect(curve.linearCombination([{ x: 1n, y: 3n }], [0n])).rejects.toMatchObject({
      code: "CW2000",
    });
    await expect(curve.linearCombination([timesGenerator(1n)], [])).rejects.toMatchObject({
      code: "CW2007",
    });
  });
});

describe("pairing products", () => {
  test("are one exactly when the exponents cancel", async () => {
    const tauPoint = await curve.commitIntegers(Int16Array.from([0, 3]));
    const generator = timesGenerator(1n);
    const minusThree = timesGenerator(-3n);

    const pairs = [
      { g1: tauPoint, g2: "one" as const },
      { g1: minusThree, g2: "tau" as const },
    ];

    expect(await curve.isPairingProductOne(pairs)).toBe(true);
    expect(await curve.isPairingProductOne([...pairs, { g1: generator, g2: "one" }])).toBe(false);
    expect(await curve.isPairingProductOne([...pairs, { g1: INFINITY, g2: "tau" }])).toBe(true);
    expect(await curve.isPairingProductOne([])).toBe(true);
  });
});

test("a vector longer than the powers of tau is refused by name", async () => {
  await expect(curve.commitIntegers(new Int16Array(20_001))).rejects.toMatchObject({
    code: "CW2001",
  });
});
