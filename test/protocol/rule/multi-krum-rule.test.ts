import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { multiKrumRule } from "../../../services/protocol/rule/multi-krum-rule.ts";
import { WEIGHT_TOTAL } from "../../../services/protocol/rule/round-rule.ts";
import { roundInput } from "./round-rule-cases.ts";

const RUNS = { seed: 20_263, numRuns: 200 };
const vector = fc.array(fc.integer({ min: -100, max: 100 }), { minLength: 8, maxLength: 8 });
const rounds = fc.record({
  r: fc.constant<number[]>([400, 0, 0, 0, 0, 0, 0, 0]),
  noise: fc.array(vector, { minLength: 13, maxLength: 13 }),
  f: fc.integer({ min: 1, max: 5 }),
  m: fc.integer({ min: 3, max: 13 }),
});

function evaluate(round: { r: number[]; noise: number[][]; f: number; m: number }) {
  const updates = round.noise.map((each) => each.map((entry, j) => entry + (round.r[j] as number)));
  const input = roundInput({
    name: "",
    ruleId: 2,
    slotCount: 16,
    slots: [round.r, round.r, null, ...updates],
    parameterA: round.f,
    parameterB: round.m,
  });
  return { updates, outcome: multiKrumRule.evaluate(input) };
}

/** Multi-Krum from the vectors themselves, written independently of the rule and of the Gram matrix. */
function reference(updates: readonly number[][], f: number, m: number): number[] {
  const squared = (a: number[], b: number[]) =>
    a.reduce((sum, entry, j) => sum + (entry - (b[j] as number)) ** 2, 0);
  const scores = updates.map((update, i) => {
    const others = updates.filter((_, j) => j !== i).map((other) => squared(update, other));
    others.sort((a, b) => a - b);
    return others.slice(0, updates.length - f - 2).reduce((sum, distance) => sum + distance, 0);
  });
  const order = updates.map((_, i) => i);
  order.sort((a, b) => (scores[a] as number) - (scores[b] as number) || a - b);
  return order.slice(0, m).sort((a, b) => a - b);
}

describe("multi-Krum", () => {
  it("selects what an independent implementation on the vectors selects", () => {
    fc.assert(
      fc.property(rounds, (round) => {
        const { updates, outcome } = evaluate(round);
        fc.pre(outcome.verdicts.every((each) => each === "accepted" || each === "not-selected"));
        const selected = outcome.verdicts.flatMap((each, i) => (each === "accepted" ? [i] : []));

        expect(selected).toEqual(reference(updates, round.f, round.m));
        expect(outcome.weights.reduce((sum, weight) => sum + weight, 0)).toBe(WEIGHT_TOTAL);
      }),
      RUNS,
    );
  });

  it("is void instead of unsound when fewer than 2f + 3 survive the filter", () => {
    fc.assert(
      fc.property(rounds, fc.integer({ min: 1, max: 13 }), (round, flips) => {
        const r = round.r;
        const flipped = round.noise.map((each, i) =>
          i < flips ? each.map((entry, j) => entry - 2 * (r[j] as number)) : each,
        );
        const { outcome } = evaluate({ ...round, noise: flipped });
        const survivors = outcome.verdicts.filter(
          (each) => each === "accepted" || each === "not-selected",
        ).length;

        const isEnough = survivors >= 2 * round.f + 3 && 2 * survivors >= 13;
        expect(outcome.isVoid).toBe(!isEnough);
        if (!isEnough) expect(outcome.verdicts).not.toContain("accepted");
      }),
      RUNS,
    );
  });
});
