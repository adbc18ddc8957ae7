import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gramMatrix } from "../../../services/protocol/gram/gram-matrix.ts";
import { roundPayouts } from "../../../services/protocol/market/payout.ts";
import { SHARE_TOTAL, WEIGHT_TOTAL } from "../../../services/protocol/rule/round-rule.ts";
import { ROUND_RULES, roundRuleById } from "../../../services/protocol/rule/round-rules.ts";
import type { RoundTerms } from "../../../services/protocol/rule/round-terms.ts";
import { trustRule } from "../../../services/protocol/rule/trust-rule.ts";
import { VERDICTS } from "../../../services/protocol/rule/verdicts.ts";
import { expectCode } from "../expect-code.ts";
import { ROUND_INPUTS, roundInput, roundRuleVectors } from "./round-rule-cases.ts";

const LENGTH = 12;
const RUNS = { seed: 20_261, numRuns: 300 };

/** Vectors of a round in eight slots: r, g, p or none, five trainers. */
const vector = (limit: number) =>
  fc.array(fc.integer({ min: -limit, max: limit }), { minLength: LENGTH, maxLength: LENGTH });
/** Trainers that resemble r, so that most rounds are not void. */
const round = fc
  .record({
    r: vector(300),
    g: vector(300),
    p: fc.option(vector(300)),
    noise: fc.array(vector(200), { minLength: 5, maxLength: 5 }),
    baseWeights: fc.array(fc.integer({ min: 1, max: 1023 }), { minLength: 5, maxLength: 5 }),
  })
  .map(({ r, g, p, noise, baseWeights }) => ({
    slots: [r, g, p, ...noise.map((each) => each.map((entry, j) => entry + (r[j] as number)))],
    baseWeights,
  }));

function evaluate(
  slots: readonly (readonly number[] | null)[],
  baseWeights: readonly number[] = [100, 100, 100, 100, 100],
  ruleId = 1,
) {
  const { gram, terms } = roundInput({ name: "test", slotCount: 8, slots, baseWeights, ruleId });
  return roundRuleById(ruleId).evaluate({ gram, terms });
}

const replaced = <T>(list: readonly T[], index: number, value: T): T[] =>
  list.map((each, at) => (at === index ? value : each));

describe("the vectors that TypeScript, circuits and contracts share", () => {
  it("are what the rules give today", () => {
    const stored = readFileSync(new URL("../../vectors/round-rule.json", import.meta.url), "utf8");
    expect(stored).toBe(roundRuleVectors());
  });

  it("show every verdict, applied and void rounds, with and without g and p", () => {
    const outcomes = ROUND_INPUTS.map(({ ruleId, gram, terms }) => ({
      terms,
      ...roundRuleById(ruleId).evaluate({ gram, terms }),
    }));
    const seen = new Set(outcomes.flatMap(({ verdicts }) => verdicts));
    expect([...seen].sort()).toEqual([...VERDICTS].sort());
    expect(new Set(outcomes.map(({ isVoid }) => isVoid))).toEqual(new Set([true, false]));
    for (const slot of [1, 2]) {
      expect(new Set(outcomes.map(({ terms }) => terms.active[slot]))).toEqual(
        new Set([true, false]),
      );
    }
  });
});

describe("the trust rule", () => {
  it("gives weights that sum to 1024 or 0, and shares that sum to at most 65535", () => {
    fc.assert(
      fc.property(round, ({ slots, baseWeights }) => {
        const { weights, shares, isVoid, verdicts } = evaluate(slots, baseWeights);

        const total = weights.reduce((sum, weight) => sum + weight, 0);
        expect(total).toBe(isVoid ? 0 : WEIGHT_TOTAL);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(SHARE_TOTAL);
        for (const [trainer, verdict] of verdicts.entries()) {
          if (verdict !== "accepted") expect([weights[trainer], shares[trainer]]).toEqual([0, 0]);
        }
      }),
      RUNS,
    );
  });

  it("pays nothing for a zero update", () => {
    fc.assert(
      fc.property(round, fc.nat({ max: 4 }), ({ slots, baseWeights }, trainer) => {
        const zeroed = replaced(slots, trainer + 3, Array<number>(LENGTH).fill(0));
        const { shares, weights } = evaluate(zeroed, baseWeights);

        expect([weights[trainer], shares[trainer]]).toEqual([0, 0]);
      }),
      RUNS,
    );
  });

  it("pays nothing for the negative of an accepted update", () => {
    fc.assert(
      fc.property(round, fc.nat({ max: 4 }), ({ slots, baseWeights }, trainer) => {
        fc.pre(evaluate(slots, baseWeights).verdicts[trainer] === "accepted");
        const honest = slots[trainer + 3] as number[];
        const flipped = replaced(
          slots,
          trainer + 3,
          honest.map((entry) => -entry),
        );
        const { shares, weights } = evaluate(flipped, baseWeights);

        expect([weights[trainer], shares[trainer]]).toEqual([0, 0]);
      }),
      RUNS,
    );
  });

  it("pays a scaled-up update no more, up to the rounding of weights, and nothing above the band", () => {
    fc.assert(
      fc.property(
        round,
        fc.nat({ max: 4 }),
        fc.integer({ min: 2, max: 12 }),
        ({ slots, baseWeights }, trainer, factor) => {
          const honest = slots[trainer + 3] as number[];
          const normSquared = honest.reduce((sum, entry) => sum + entry * entry, 0);
          const reference = (slots[0] as number[]).reduce((sum, entry) => sum + entry * entry, 0);
          // Below |r| / 2.83 the rule lowers weights on purpose, so growing up to there may earn more.
          fc.pre(8 * normSquared >= reference);
          const before = evaluate(slots, baseWeights);
          fc.pre(!before.isVoid);
          const scaled = replaced(
            slots,
            trainer + 3,
            honest.map((entry) => entry * factor),
          );
          const after = evaluate(scaled, baseWeights);

          const roundingUnits = 65_535 * 0.01;
          const [earned, earns] = [
            before.shares[trainer] as number,
            after.shares[trainer] as number,
          ];
          expect(earns).toBeLessThanOrEqual(earned + roundingUnits);
          if (normSquared * factor * factor > 8 * reference) expect(earns).toBe(0);
        },
      ),
      RUNS,
    );
  });

  it("pays an exact copy nothing and leaves everybody else's pay as without it", () => {
    fc.assert(
      fc.property(round, fc.nat({ max: 3 }), ({ slots, baseWeights }, trainer) => {
        const copied = replaced(slots, 7, slots[trainer + 3] as number[]);
        const alone = evaluate(replaced(slots, 7, null), baseWeights);
        const both = evaluate(copied, baseWeights);

        expect(both.shares[4]).toBe(0);
        if (!both.isVoid) {
          expect(both.shares.slice(0, 4)).toEqual(alone.shares.slice(0, 4));
          expect(both.weights.slice(0, 4)).toEqual(alone.weights.slice(0, 4));
        }
      }),
      RUNS,
    );
  });

  it("lets nobody who knows r or g take more than the cap", () => {
    fc.assert(
      fc.property(round, fc.nat({ max: 1 }), fc.nat(), ({ slots, baseWeights }, known, wei) => {
        const budgetWei = BigInt(wei);
        const leaked = replaced(slots, 3, slots[known] as number[]);
        const outcome = evaluate(leaked, replaced(baseWeights, 0, 1023));
        const { payoutsWei } = roundPayouts({ budgetWei, flatBps: 1000, capBps: 5000, outcome });

        expect((payoutsWei[0] as bigint) * 2n).toBeLessThanOrEqual(budgetWei);
      }),
      RUNS,
    );
  });

  it("permutes its results when trainers are permuted", () => {
    const order = fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(round, order, ({ slots, baseWeights }, places) => {
        const plain = evaluate(slots, baseWeights);
        // Equal raw weights are told apart by their place, on purpose.
        const largest = [...plain.hints.rawWeights].sort((a, b) => (a < b ? 1 : -1));
        fc.pre(largest[0] !== largest[1] || plain.isVoid);
        fc.pre(!plain.verdicts.includes("duplicate"));
        const moved = evaluate(
          [...slots.slice(0, 3), ...places.map((place) => slots[place + 3] as number[])],
          places.map((place) => baseWeights[place] as number),
        );

        expect(moved.verdicts).toEqual(places.map((place) => plain.verdicts[place]));
        expect(moved.weights).toEqual(places.map((place) => plain.weights[place]));
        expect(moved.shares).toEqual(places.map((place) => plain.shares[place]));
      }),
      RUNS,
    );
  });

  it("does not change its mind when the pay gradient is scaled", () => {
    fc.assert(
      fc.property(round, fc.integer({ min: 2, max: 50 }), ({ slots, baseWeights }, factor) => {
        const scaled = replaced(
          slots,
          1,
          (slots[1] as number[]).map((entry) => entry * factor),
        );

        expect(evaluate(scaled, baseWeights).shares).toEqual(evaluate(slots, baseWeights).shares);
      }),
      RUNS,
    );
  });

  it("pays a resubmitted aggregate nothing", () => {
    fc.assert(
      fc.property(round, ({ slots, baseWeights }) => {
        const copy = slots[3] as number[];
        const stale = replaced(
          slots,
          2,
          copy.map((entry) => entry * 1000),
        );
        fc.pre(copy.some((entry) => entry !== 0));
        const { shares, verdicts } = evaluate(stale, baseWeights);

        expect(shares[0]).toBe(0);
        expect(verdicts[0]).not.toBe("accepted");
      }),
      RUNS,
    );
  });
});

describe("what a rule refuses", () => {
  const sound = { slotCount: 16, minimumTrainers: 5, parameterA: 0, parameterB: 0 };

  it("accepts sound parameters of both rules", () => {
    expect(trustRule.refuse(sound)).toBeNull();
    expect(roundRuleById(2).refuse({ ...sound, parameterA: 1, parameterB: 3 })).toBeNull();
  });

  it.each([
    [1, { slotCount: 12 }, "8, 16 or 32 slots"],
    [1, { minimumTrainers: 14 }, "room for 3 to 13"],
    [1, { minimumTrainers: 2 }, "room for 3 to 13"],
    [1, { minimumTrainers: 4.5 }, "room for 3 to 13"],
    [1, { parameterA: 1 }, "no parameters of its own"],
    [2, { slotCount: 32, parameterA: 1, parameterB: 3 }, "8 and 16 slots only"],
    [2, { parameterA: 0, parameterB: 3 }, "whole number from 1"],
    [2, { parameterA: 2, parameterB: 3 }, "at least 2f + 3 = 7"],
    [2, { parameterA: 1, parameterB: 2 }, "shows what one trainer sent"],
    [2, { parameterA: 1, parameterB: 5 }, "at most 4"],
  ])("rule %d refuses %j because: %s", (ruleId, change, reason) => {
    expect(roundRuleById(ruleId).refuse({ ...sound, ...change })).toContain(reason);
  });

  it("knows no other rules", () => {
    expect(ROUND_RULES.map(({ id }) => id)).toEqual([1, 2]);
    expectCode(() => roundRuleById(3), "CW1002");
  });
});

describe("input that is not a round", () => {
  const { gram, terms } = roundInput({
    name: "plain",
    slotCount: 8,
    slots: [[100], [10], null, [90, 10], [80, 20], [70, 5], [60, 4], [50, 3]],
  });
  const weights = (change: number) => replaced(terms.baseWeights, 0, change);

  it.each<[string, Partial<RoundTerms>]>([
    ["nine slots", { slotCount: 9 }],
    ["too few flags", { active: terms.active.slice(1) }],
    ["an inactive reference", { active: replaced(terms.active, 0, false) }],
    ["no norm bound", { normBoundSquared: 0n }],
    ["a norm bound of 2^54", { normBoundSquared: 1n << 54n }],
    ["a rule parameter of 32", { parameterA: 32 }],
    ["too few weights", { baseWeights: [1, 2] }],
    ["a weight of 0", { baseWeights: weights(0) }],
    ["a weight of 1024", { baseWeights: weights(1024) }],
    ["half a weight", { baseWeights: weights(1.5) }],
    ["a weight for an empty slot", { active: replaced(terms.active, 3, false) }],
  ])("is refused with CW1000: %s", (_, change) => {
    for (const rule of ROUND_RULES) {
      expectCode(() => rule.evaluate({ gram, terms: { ...terms, ...change } }), "CW1000");
    }
  });

  it("is refused with CW1001: a matrix of another size, asymmetric, or not zero where nobody is", () => {
    const asymmetric = replaced(gram, 3, replaced(gram[3] as bigint[], 4, 1n));
    const ghost = gramMatrix(
      Array.from({ length: 8 }, (_, slot) =>
        slot === 2 ? Int32Array.from([5]) : Int16Array.from([slot + 1]),
      ),
    );
    for (const wrong of [gram.slice(1), asymmetric, ghost]) {
      for (const rule of ROUND_RULES) {
        expectCode(() => rule.evaluate({ gram: wrong, terms }), "CW1001");
      }
    }
  });
});
