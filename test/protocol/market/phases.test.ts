import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  openTurn,
  phaseAt,
  type RoundClock,
  settleTurn,
} from "../../../services/protocol/market/phases.ts";
import { expectCode } from "../expect-code.ts";

const CLOCK: RoundClock = {
  isEnded: false,
  isRoundOpen: true,
  waitingSince: 1000,
  commitClosesAt: 2000,
  hasEnough: true,
  aggregatorCount: 2,
  openSeconds: 100,
  revealSeconds: 50,
  settleSeconds: 30,
};
const clocks: fc.Arbitrary<RoundClock> = fc.record({
  isEnded: fc.boolean(),
  isRoundOpen: fc.boolean(),
  waitingSince: fc.nat({ max: 10_000 }),
  commitClosesAt: fc.nat({ max: 10_000 }),
  hasEnough: fc.boolean(),
  aggregatorCount: fc.integer({ min: 1, max: 3 }),
  openSeconds: fc.integer({ min: 1, max: 1000 }),
  revealSeconds: fc.integer({ min: 1, max: 1000 }),
  settleSeconds: fc.integer({ min: 1, max: 1000 }),
});
const RUNS = { seed: 20_268, numRuns: 500 };

describe("the phase of a project", () => {
  it.each([
    ["idle before anybody's turn", { isRoundOpen: false }, 500, "idle", 1200],
    ["idle in the last second of the last turn", { isRoundOpen: false }, 1199, "idle", 1200],
    ["overdue when all turns have passed", { isRoundOpen: false }, 1200, "overdue", 1200],
    ["commit up to its end", {}, 1999, "commit", 2000],
    ["reveal from the end of commit", {}, 2000, "reveal", 2050],
    ["expired at once with too few submissions", { hasEnough: false }, 2000, "expired", 2000],
    ["settle from the end of reveal", {}, 2050, "settle", 2110],
    ["settle in its last second", {}, 2109, "settle", 2110],
    ["expired when nobody settled", {}, 2110, "expired", 2110],
    ["ended for ever", { isEnded: true }, 9999, "ended", 0],
  ])("is %s", (_, change, now, phase, endsAt) => {
    expect(phaseAt({ ...CLOCK, ...change }, now)).toEqual({ phase, endsAt });
  });

  it("passes through its phases in one order and never back while nobody acts", () => {
    const order = ["idle", "overdue", "commit", "reveal", "settle", "expired", "ended"];
    fc.assert(
      fc.property(clocks, fc.nat({ max: 20_000 }), fc.nat({ max: 5000 }), (clock, now, later) => {
        const [before, after] = [phaseAt(clock, now), phaseAt(clock, now + later)];

        expect(order.indexOf(after.phase)).toBeGreaterThanOrEqual(order.indexOf(before.phase));
      }),
      RUNS,
    );
  });

  it("gives turns to aggregators one after the other", () => {
    const waiting = { ...CLOCK, isRoundOpen: false };
    expect([900, 1000, 1099, 1100, 1199].map((now) => openTurn(waiting, now))).toEqual([
      0, 0, 0, 1, 1,
    ]);
    expect([1990, 2049, 2050, 2079, 2080, 2109].map((now) => settleTurn(CLOCK, now))).toEqual([
      0, 0, 0, 0, 1, 1,
    ]);
  });

  it.each(["openSeconds", "revealSeconds", "settleSeconds", "aggregatorCount"] as const)(
    "refuses %s of zero with CW1053",
    (field) => {
      expectCode(() => phaseAt({ ...CLOCK, [field]: 0 }, 0), "CW1053");
    },
  );
});
