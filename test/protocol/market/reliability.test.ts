import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  MAX_RELIABILITY,
  NEUTRAL_RELIABILITY,
  RELIABILITY_HALF_LIFE_SECONDS,
  reliabilityAt,
  reliabilityOutcome,
  updatedReliability,
} from "../../../services/protocol/market/reliability.ts";
import { VERDICTS } from "../../../services/protocol/rule/verdicts.ts";
import { expectCode } from "../expect-code.ts";
import { reliabilityVectors } from "./reliability-cases.ts";

const RUNS = { seed: 20_266, numRuns: 500 };
const score = fc.integer({ min: 0, max: MAX_RELIABILITY });
const seconds = fc.nat({ max: 20 * RELIABILITY_HALF_LIFE_SECONDS });
const DAY = 86_400;

describe("reliability", () => {
  it("agrees with the vectors that the contract is tested with", () => {
    const stored = readFileSync(new URL("../../vectors/reliability.json", import.meta.url), "utf8");
    expect(stored).toBe(reliabilityVectors());
  });

  it("stays between 0 and 65535 and moves towards neutral with time, never past it", () => {
    fc.assert(
      fc.property(score, seconds, seconds, (start, first, second) => {
        const reliability = { score: start, updatedAt: 0 };
        const [sooner, later] = [first, first + second].map((now) =>
          reliabilityAt(reliability, now),
        ) as [number, number];

        const distance = (value: number) => Math.abs(value - NEUTRAL_RELIABILITY);
        expect(distance(sooner)).toBeLessThanOrEqual(distance(start));
        expect(distance(later)).toBeLessThanOrEqual(distance(sooner));
        expect(
          Math.sign(later - NEUTRAL_RELIABILITY) * Math.sign(start - NEUTRAL_RELIABILITY),
        ).not.toBe(-1);
      }),
      RUNS,
    );
  });

  it("halves its distance from neutral in a half-life", () => {
    const reliability = { score: NEUTRAL_RELIABILITY + 30_000, updatedAt: 5 };
    const now = 5 + RELIABILITY_HALF_LIFE_SECONDS;
    expect(reliabilityAt(reliability, now)).toBe(NEUTRAL_RELIABILITY + 15_000);
  });

  it("rises with accepted work, falls with rejected work and halves with a fault", () => {
    fc.assert(
      fc.property(score, (start) => {
        const scoreAfter = (outcome: "accepted" | "rejected" | "fault" | "none") =>
          updatedReliability({ score: start, updatedAt: 7 }, outcome, 7).score;

        expect(scoreAfter("accepted")).toBeGreaterThanOrEqual(start);
        expect(scoreAfter("accepted")).toBeLessThanOrEqual(MAX_RELIABILITY);
        expect(scoreAfter("rejected")).toBeLessThanOrEqual(start);
        expect(scoreAfter("fault")).toBe(start - (start >> 1));
        expect(scoreAfter("none")).toBe(start);
      }),
      RUNS,
    );
  });

  it("comes close to the rate of accepted rounds", () => {
    // Nine of ten rounds accepted, an hour apart: the mean of 65535 and 0 weighted by recency.
    let reliability = { score: NEUTRAL_RELIABILITY, updatedAt: 0 };
    for (let roundIndex = 1; roundIndex <= 400; roundIndex++) {
      const outcome = roundIndex % 10 === 0 ? "rejected" : "accepted";
      reliability = updatedReliability(reliability, outcome, roundIndex * 3600);
    }
    expect(reliability.score / MAX_RELIABILITY).toBeGreaterThan(0.82);
    expect(reliability.score / MAX_RELIABILITY).toBeLessThan(0.92);
  });

  it("forgets neither merit nor fault at once, and both after a year", () => {
    const good = { score: MAX_RELIABILITY, updatedAt: 0 };
    expect(reliabilityAt(good, 7 * DAY)).toBeGreaterThan(60_000);
    expect(reliabilityAt(good, 365 * DAY)).toBeLessThan(NEUTRAL_RELIABILITY + 20);
    expect(reliabilityAt({ score: 0, updatedAt: 0 }, 365 * DAY)).toBeGreaterThan(
      NEUTRAL_RELIABILITY - 20,
    );
  });

  it("takes outcomes from verdicts: only the norm bound is a fault, not being selected is nothing", () => {
    expect(Object.fromEntries(VERDICTS.map((each) => [each, reliabilityOutcome(each)]))).toEqual({
      inactive: "none",
      accepted: "accepted",
      "above-norm-bound": "fault",
      duplicate: "rejected",
      "too-large": "rejected",
      "too-small": "rejected",
      "against-reference": "rejected",
      "stale-copy": "rejected",
      "not-selected": "none",
    });
  });

  it.each([
    ["a score above 65535", 65_536, 0, 0],
    ["a negative score", -1, 0, 0],
    ["half a score", 0.5, 0, 0],
    ["time that runs backwards", 5, 10, 9],
    ["no time at all", 5, 0, Number.NaN],
  ])("refuses %s with CW1051", (_, value, updatedAt, now) => {
    expectCode(() => reliabilityAt({ score: value, updatedAt }, now), "CW1051");
    expectCode(() => updatedReliability({ score: value, updatedAt }, "accepted", now), "CW1051");
  });
});
