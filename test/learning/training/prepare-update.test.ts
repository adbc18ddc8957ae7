import { describe, expect, test } from "vitest";
import { secureBytes, seededBytes, seededRandom } from "../../../services/learning/random.ts";
import { prepareUpdate } from "../../../services/learning/training/prepare-update.ts";
import { norm } from "../../../services/learning/training/vector.ts";

const count = 20_000;
const random = seededRandom("delta");
const delta = Float32Array.from({ length: count }, () => 0.01 * (2 * random() - 1));
const fractionBits = 14;
const unit = 2 ** fractionBits;

const moments = (values: Iterable<number>) => {
  const list = [...values];
  const mean = list.reduce((a, b) => a + b, 0) / list.length;
  return {
    mean,
    variance: list.reduce((sum, value) => sum + (value - mean) ** 2, 0) / list.length,
  };
};

/** What the pipeline added to each entry, in units. */
const errors = (update: Int16Array, expected: Float32Array) =>
  Float64Array.from(update, (entry, i) => entry - (expected[i] as number) * unit);

describe("prepareUpdate", () => {
  test("rounds without bias, with less than one unit of error", () => {
    const { update, isClipped } = prepareUpdate({
      delta,
      fractionBits,
      randomBytes: seededBytes("1"),
    });

    const { mean, variance } = moments(errors(update, delta));
    expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(1 / 6 / count));
    // Stochastic rounding of a uniform fraction x has variance x(1-x), 1/6 on average.
    expect(variance).toBeCloseTo(1 / 6, 1);
    expect(isClipped).toBe(false);
  });

  test("shortens a long delta to the clip norm and leaves a short one", () => {
    const clip = (clipNorm: number) =>
      prepareUpdate({ delta, fractionBits, clipNorm, randomBytes: seededBytes("1") });

    const clipped = clip(norm(delta) / 3);

    expect(clipped.isClipped).toBe(true);
    expect(norm(clipped.update) / unit / (norm(delta) / 3)).toBeCloseTo(1, 2);
    expect(clip(norm(delta) * 2).isClipped).toBe(false);
  });

  test("adds Gaussian noise of the stated standard deviation, without bias", () => {
    const clipNorm = norm(delta) + 1;
    const { update, noiseSigma } = prepareUpdate({
      delta,
      fractionBits,
      clipNorm,
      noise: { kind: "gaussian", multiplier: 0.02 },
      randomBytes: seededBytes("1"),
    });

    expect(noiseSigma).toBeCloseTo(0.02 * clipNorm, 10);
    const { mean, variance } = moments(errors(update, delta));
    const sigma = noiseSigma * unit;
    expect(Math.abs(mean)).toBeLessThan((4 * sigma) / Math.sqrt(count));
    expect(variance / (sigma ** 2 + 1 / 6)).toBeCloseTo(1, 1);
  });

  test("randomised quantisation uses coarse levels only and has no bias", () => {
    const { update } = prepareUpdate({
      delta,
      fractionBits,
      noise: { kind: "randomised-quantisation", levelBits: 6, keep: 0.5 },
      randomBytes: seededBytes("1"),
    });

    expect(update.every((entry) => entry % 64 === 0)).toBe(true);
    const { mean, variance } = moments(errors(update, delta));
    expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(variance / count));
    expect(variance).toBeGreaterThan(64 ** 2 / 6);
  });

  test("dither makes the low bits uniform and stays unbiased", () => {
    const { update } = prepareUpdate({
      delta,
      fractionBits,
      ditherBits: 5,
      randomBytes: seededBytes("1"),
    });

    const { mean, variance } = moments(errors(update, delta));
    expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(variance / count));
    expect(variance / ((4 ** 5 - 1) / 12 + 1 / 6)).toBeCloseTo(1, 1);
    const residues = new Array<number>(32).fill(0);
    for (const entry of update) residues[entry & 31] = (residues[entry & 31] ?? 0) + 1;
    for (const seen of residues)
      expect(Math.abs(seen - count / 32)).toBeLessThan(5 * Math.sqrt(count / 32));
  });

  test("never exceeds the bound that costs stake, whatever the noise", () => {
    const normBoundSquared = 4_000_000n;
    const { update } = prepareUpdate({
      delta,
      fractionBits,
      clipNorm: 1,
      noise: { kind: "gaussian", multiplier: 1 },
      normBoundSquared,
      randomBytes: secureBytes,
    });

    expect(BigInt(update.reduce((sum, entry) => sum + entry * entry, 0))).toBeLessThanOrEqual(
      normBoundSquared,
    );
    expect(norm(update)).toBeGreaterThan(1500);
  });

  test("refuses a bound that rounding alone exceeds, noise without a clip norm, and values that are not finite", () => {
    const base = { delta, fractionBits, randomBytes: seededBytes("1") };
    const wrong = [
      [{ ...base, normBoundSquared: 10n, ditherBits: 8 }, "CW3203"],
      [{ ...base, noise: { kind: "gaussian", multiplier: 1 } as const }, "CW3203"],
      [{ ...base, clipNorm: 1, noise: { kind: "gaussian", multiplier: 0 } as const }, "CW3203"],
      [{ ...base, clipNorm: 0 }, "CW3203"],
      [{ ...base, delta: Float32Array.of(Number.NaN) }, "CW3005"],
    ] as const;

    for (const [parameters, code] of wrong) {
      expect(() => prepareUpdate(parameters)).toThrow(expect.objectContaining({ code }));
    }
  });

  test("counts entries that do not fit into 16 bits", () => {
    const { update, saturatedEntries } = prepareUpdate({
      delta: Float32Array.of(3, -3, 0.5),
      fractionBits,
      randomBytes: seededBytes("1"),
    });

    expect([...update]).toEqual([32_767, -32_767, 8192]);
    expect(saturatedEntries).toBe(2);
  });
});
