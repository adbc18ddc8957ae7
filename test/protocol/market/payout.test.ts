import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type PayoutInput, roundPayouts } from "../../../services/protocol/market/payout.ts";
import type { Verdict } from "../../../services/protocol/rule/verdicts.ts";
import { expectCode } from "../expect-code.ts";
import { payoutVectors } from "./payout-cases.ts";

const RUNS = { seed: 20_265, numRuns: 500 };
const verdicts = fc.constantFrom<Verdict>("accepted", "accepted", "against-reference", "inactive");
const inputs: fc.Arbitrary<PayoutInput> = fc
  .record({
    budgetWei: fc.bigInt({ min: 0n, max: (1n << 96n) - 1n }),
    flatBps: fc.integer({ min: 0, max: 10_000 }),
    capBps: fc.integer({ min: 1, max: 10_000 }),
    verdicts: fc.array(verdicts, { minLength: 5, maxLength: 5 }),
    parts: fc.array(fc.nat({ max: 1000 }), { minLength: 5, maxLength: 5 }),
  })
  .map(({ verdicts: list, parts, ...terms }) => {
    const earned = parts.map((part, i) => (list[i] === "accepted" ? part : 0));
    const sum = Math.max(
      1,
      earned.reduce((total, part) => total + part, 0),
    );
    const shares = earned.map((part) => Math.floor((65_535 * part) / sum));
    const first = list.indexOf("accepted");
    const weights = list.map((_, i) => (i === first ? 1024 : 0));
    return { ...terms, outcome: { verdicts: list, weights, shares } };
  });

describe("a round's payouts", () => {
  it("agree with the vectors that the contract is tested with", () => {
    const stored = readFileSync(new URL("../../vectors/payout.json", import.meta.url), "utf8");
    expect(stored).toBe(payoutVectors());
  });

  it("and the remainder sum to the budget, and nobody gets a negative amount", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { payoutsWei, remainderWei } = roundPayouts(input);

        const sum = payoutsWei.reduce((total, payout) => total + payout, remainderWei);
        expect(sum).toBe(input.budgetWei);
        expect([...payoutsWei, remainderWei].every((wei) => wei >= 0n)).toBe(true);
      }),
      RUNS,
    );
  });

  it("never exceed the cap, and go to accepted trainers only", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { payoutsWei } = roundPayouts(input);

        for (const [trainer, payout] of payoutsWei.entries()) {
          expect(payout * 10_000n).toBeLessThanOrEqual(input.budgetWei * BigInt(input.capBps));
          if (input.outcome.verdicts[trainer] !== "accepted") expect(payout).toBe(0n);
        }
      }),
      RUNS,
    );
  });

  it("lose at most one wei a trainer and part to rounding when no cap binds and all shares are out", () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { shares, verdicts } = input.outcome;
        const total = shares.reduce((sum, share) => sum + share, 0);
        fc.pre(total > 0);
        const { remainderWei } = roundPayouts({ ...input, capBps: 10_000 });

        const accepted = verdicts.filter((each) => each === "accepted").length;
        const unshared = (input.budgetWei * BigInt(65_535 - total)) / 65_535n;
        expect(remainderWei).toBeLessThanOrEqual(unshared + 2n * BigInt(accepted) + 2n);
      }),
      RUNS,
    );
  });

  it.each<[string, Partial<PayoutInput>]>([
    ["a negative budget", { budgetWei: -1n }],
    ["flatBps above 10000", { flatBps: 10_001 }],
    ["half a basis point", { flatBps: 0.5 }],
    ["a cap of nothing", { capBps: 0 }],
    ["a cap above everything", { capBps: 10_001 }],
    [
      "shares above 65535",
      { outcome: { verdicts: ["accepted", "accepted"], weights: [1024, 0], shares: [65_535, 1] } },
    ],
    ["a negative share", { outcome: { verdicts: ["accepted"], weights: [1024], shares: [-1] } }],
    [
      "lists of different lengths",
      { outcome: { verdicts: ["accepted"], weights: [1024], shares: [1, 2] } },
    ],
  ])("refuse %s with CW1050", (_, change) => {
    const plain: PayoutInput = {
      budgetWei: 100n,
      flatBps: 1000,
      capBps: 5000,
      outcome: { verdicts: ["accepted"], weights: [1024], shares: [65_535] },
    };
    expectCode(() => roundPayouts({ ...plain, ...change }), "CW1050");
  });
});
