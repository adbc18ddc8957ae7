import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openCurve } from "../../../services/adapters/curve/open-curve.ts";
import { montgomeryNumber } from "../../../services/adapters/curve/scalar-bytes.ts";
import { type Curve, SCALAR_FIELD, type ScalarVector } from "../../../services/protocol/curve.ts";
import { seededIntegers } from "../../protocol/gram-cases.ts";
import { horner, seededScalars } from "./reference.ts";

let curve: Curve & AsyncDisposable;
beforeAll(async () => {
  curve = await openCurve({ parameterCount: 1, threads: 2 });
});
afterAll(async () => {
  await curve[Symbol.asyncDispose]();
});

const toVector = (values: readonly bigint[]) =>
  curve.combine([values], [1n], { length: values.length });

function toNumbers({ length, bytes }: ScalarVector): bigint[] {
  return Array.from({ length }, (_, k) => montgomeryNumber(bytes.subarray(k * 32, k * 32 + 32)));
}

function autocorrelation(values: readonly bigint[]): bigint[] {
  return values.map((_, k) => {
    let sum = 0n;
    for (let j = 0; j + k + 1 < values.length; j++) {
      sum += (values[j] as bigint) * (values[j + k + 1] as bigint);
    }
    return sum % SCALAR_FIELD;
  });
}

describe("autocorrelation", () => {
  test.each([1, 2, 3, 4, 5, 31, 32, 33, 64, 65, 200, 1_000])("of %i scalars", async (length) => {
    const values = seededScalars(`correlation/${length}`, length);

    const result = await curve.autocorrelation(await toVector(values));

    expect(toNumbers(result)).toEqual(autocorrelation(values));
  });

  test("is the polynomial identity A(z) A(1/z) = mu + z S(z) + S(1/z) / z for long vectors", async () => {
    const values = seededScalars("identity", 40_000);
    const mu = values.reduce((sum, value) => (sum + value * value) % SCALAR_FIELD, 0n);
    const [z] = seededScalars("z", 1) as [bigint];
    const zInv = inverse(z);

    const s = toNumbers(await curve.autocorrelation(await toVector(values)));

    const left = horner(values, z) * horner(values, zInv);
    const right = mu + z * horner(s, z) + zInv * horner(s, zInv);
    expect((left - right) % SCALAR_FIELD).toBe(0n);
    expect(s.at(-1)).toBe(0n);
  });
});

function inverse(value: bigint): bigint {
  let [a, b, x, y] = [value, SCALAR_FIELD, 1n, 0n];
  while (a !== 0n) [a, b, x, y] = [b % a, a, y - (b / a) * x, x];
  return ((y % SCALAR_FIELD) + SCALAR_FIELD) % SCALAR_FIELD;
}

describe("combination", () => {
  test("of 32 vectors at both ends of 16 bits, one of 30 bits, and a short one of scalars", async () => {
    const length = 300;
    const vectors: (Int16Array | Int32Array)[] = Array.from({ length: 32 }, (_, slot) =>
      slot === 2
        ? Int32Array.from({ length }, (_unused, j) => (j % 2 ? 2 ** 30 - 1 : 1 - 2 ** 30))
        : Int16Array.from({ length }, (_unused, j) => ((slot + j) % 2 ? -32768 : 32767)),
    );
    const dummy = seededScalars("dummy", 32);
    const weights = [...seededScalars("weights", 31), SCALAR_FIELD - 1n, SCALAR_FIELD - 1n];

    const sum = await curve.combine([...vectors, dummy], weights, { length });

    const expected = Array.from({ length }, (_, j) => {
      const entries = [...vectors.map((vector) => BigInt(vector[j] as number)), dummy[j] ?? 0n];
      const total = entries.reduce((t, e, i) => t + e * (weights[i] as bigint), 0n);
      return ((total % SCALAR_FIELD) + SCALAR_FIELD) % SCALAR_FIELD;
    });
    expect(toNumbers(sum)).toEqual(expected);
  });

  test("of random integers across task borders", async () => {
    const length = 2 ** 15 + 3;
    const values = Int16Array.from(seededIntegers("long", length, 16));
    const [weight] = seededScalars("one weight", 1) as [bigint];

    const sum = toNumbers(await curve.combine([values], [weight], { length }));

    for (const j of [0, 1, 2 ** 15 - 1, 2 ** 15, length - 1]) {
      const product = (BigInt(values[j] as number) * weight) % SCALAR_FIELD;
      expect(sum[j]).toBe((product + SCALAR_FIELD) % SCALAR_FIELD);
    }
  });
});

test.each([1, 2, 100, 2 ** 15, 2 ** 15 + 1, 70_000])(
  "evaluation, reversal and quotient of %i scalars",
  async (length) => {
    const values = seededScalars(`polynomial/${length}`, length);
    const others = seededScalars(`other/${length}`, length);
    const [z, weight] = seededScalars("point", 2) as [bigint, bigint];
    const [vector, other] = [await toVector(values), await toVector(others)];

    const reversed = toNumbers(await curve.reverse(vector));
    const evaluated = await curve.evaluate(vector, [z, 0n, 1n]);
    const quotient = toNumbers(await curve.openingQuotient([vector, other], [1n, weight], z));

    expect(reversed).toEqual(values.toReversed());
    expect(evaluated).toEqual([horner(values, z), values[0], horner(values, 1n)]);
    const combined = values.map((value, j) => value + weight * (others[j] as bigint));
    const [x] = seededScalars("check point", 1) as [bigint];
    const left = horner(quotient, x) * (x - z);
    const right = horner(combined, x) - horner(combined, z);
    expect((left - right) % SCALAR_FIELD).toBe(0n);
    expect(quotient.at(-1)).toBe(0n);
  },
);
