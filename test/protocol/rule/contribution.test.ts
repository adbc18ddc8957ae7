import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { contributionShares } from "../../../services/protocol/rule/contribution.ts";
import { weightsFromRaw } from "../../../services/protocol/rule/weights.ts";
import { roundInput } from "./round-rule-cases.ts";

const LENGTH = 6;
const TRAINERS = 5;
const RUNS = { seed: 20_262, numRuns: 100 };
const vector = fc.array(fc.integer({ min: -200, max: 200 }), {
  minLength: LENGTH,
  maxLength: LENGTH,
});
const trainers = fc.array(vector, { minLength: TRAINERS, maxLength: TRAINERS });
const weightList = fc.array(fc.bigInt({ min: 1n, max: 1000n }), {
  minLength: TRAINERS,
  maxLength: TRAINERS,
});

const dot = (left: readonly number[], right: readonly number[]): bigint =>
  left.reduce((sum, entry, j) => sum + BigInt(entry) * BigInt(right[j] as number), 0n);

const factorial = (n: number): bigint => (n <= 1 ? 1n : BigInt(n) * factorial(n - 1));

/** The Shapley value of every trainer by enumeration of all coalitions, times `TRAINERS!`, so that it is an integer. */
function shapleyTimesFactorial(utility: (coalition: readonly number[]) => bigint): bigint[] {
  return Array.from({ length: TRAINERS }, (_, trainer) => {
    let sum = 0n;
    for (let bits = 0; bits < 1 << TRAINERS; bits++) {
      if ((bits >> trainer) & 1) continue;
      const coalition = Array.from({ length: TRAINERS }, (_, i) => i).filter(
        (i) => (bits >> i) & 1,
      );
      const orders = factorial(coalition.length) * factorial(TRAINERS - coalition.length - 1);
      sum += orders * (utility([...coalition, trainer]) - utility(coalition));
    }
    return sum;
  });
}

/** `sum_i w_i u_i` over a coalition, entry by entry: the update that the coalition alone would make. */
function coalitionUpdate(
  updates: readonly (readonly number[])[],
  weights: readonly number[],
  coalition: readonly number[],
): number[] {
  return Array.from({ length: LENGTH }, (_, j) =>
    coalition.reduce((sum, i) => sum + (weights[i] as number) * (updates[i]?.[j] as number), 0),
  );
}

describe("contributions", () => {
  it("with a pay gradient are exact Shapley values of the first-order gain, by enumeration", () => {
    fc.assert(
      fc.property(vector, vector, trainers, weightList, (r, g, updates, raw) => {
        const weights = weightsFromRaw(raw);
        const input = roundInput({ name: "", slotCount: 8, slots: [r, g, null, ...updates] });
        const utility = (coalition: readonly number[]) =>
          dot(coalitionUpdate(updates, weights, coalition), g);
        const exact = shapleyTimesFactorial(utility);

        const { contributions } = contributionShares(input, weights);

        const clamped = exact.map((value) => (value > 0n ? value : 0n));
        expect(contributions.map((value) => value * factorial(TRAINERS))).toEqual(clamped);
      }),
      RUNS,
    );
  });

  it("without one are exact Shapley values of the quadratic utility, by enumeration", () => {
    fc.assert(
      fc.property(vector, trainers, weightList, (r, updates, raw) => {
        const weights = weightsFromRaw(raw);
        const input = roundInput({ name: "", slotCount: 8, slots: [r, null, null, ...updates] });
        const everybody = coalitionUpdate(updates, weights, [0, 1, 2, 3, 4]);
        fc.pre(dot(everybody, r) > 0n);

        const { contributions, kappa } = contributionShares(input, weights);

        const utility = (coalition: readonly number[]) => {
          const update = coalitionUpdate(updates, weights, coalition);
          return 2n * kappa * dot(update, r) - dot(update, update);
        };
        const exact = shapleyTimesFactorial(utility).map((value) => (value > 0n ? value : 0n));
        expect(contributions.map((value) => value * factorial(TRAINERS))).toEqual(exact);
      }),
      RUNS,
    );
  });

  it("do not depend on the length of the reference, up to the rounding of kappa", () => {
    fc.assert(
      fc.property(vector, trainers, weightList, (r, updates, raw) => {
        const weights = weightsFromRaw(raw);
        const sharesFor = (factor: number) => {
          const reference = r.map((entry) => entry * factor);
          const slots = [reference, null, null, ...updates];
          return contributionShares(roundInput({ name: "", slotCount: 8, slots }), weights);
        };
        const [one, five] = [sharesFor(1), sharesFor(5)];
        // A kappa of few units is rounded coarsely; over a training it is between 289 and 1028.
        fc.pre(five.kappa >= 200n && one.kappa < 1n << 16n && one.contributionSum > 0n);

        const total = one.shares.reduce((sum, share) => sum + share, 0);
        for (const [trainer, share] of one.shares.entries()) {
          expect(Math.abs(share - (five.shares[trainer] as number)) / total).toBeLessThan(0.05);
        }
      }),
      RUNS,
    );
  });
});
