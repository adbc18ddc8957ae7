import { describe, expect, it } from "vitest";
import { expectedPay, type PastRound } from "../../services/worker/expected-pay.ts";

const terms = {
  budgetPerRoundWei: 1_000_000n,
  flatBps: 1000,
  capBps: 5000,
  minTrainers: 3,
  maxTrainers: 5,
};
const round = (earnedWei: bigint[], submitted = earnedWei.length, ownWei?: bigint): PastRound => ({
  budgetWei: 1_000_000n,
  paidWei: earnedWei.reduce((sum, wei) => sum + wei, 0n),
  ...{ submitted, earnedWei, ownWei },
});

describe("expected pay", () => {
  it("is an equal share among as many as a round needs while nothing is settled", () => {
    const pay = expectedPay({ terms, othersReliability: [], past: [] });

    expect(pay).toMatchObject({ basis: "equal-shares", acceptedTrainers: 3, acceptedChance: 1 });
    expect(pay.perRoundWei).toBe(333_333n);
    expect([pay.lowWei, pay.highWei]).toEqual([33_333n, 500_000n]);
  });

  it("never exceeds the cap of one trainer", () => {
    const few = { ...terms, minTrainers: 1 };

    expect(expectedPay({ terms: few, othersReliability: [], past: [] }).perRoundWei).toBe(500_000n);
  });

  it("counts what was rejected, and what a round did not pay out", () => {
    const past = [round([300_000n, 300_000n], 4)];
    const pay = expectedPay({ terms, othersReliability: [1, 1, 1], past });

    expect(pay).toMatchObject({ basis: "rounds", acceptedChance: 0.5, acceptedTrainers: 2 });
    expect(pay.acceptedWei).toBe(300_000n);
    expect(pay.perRoundWei).toBe(150_000n);
  });

  it("takes an account's own rounds before those of others", () => {
    const past = [round([400_000n, 100_000n], 3, 100_000n), round([500_000n], 3, 0n)];
    const pay = expectedPay({ terms, othersReliability: [1, 1], past });

    expect(pay).toMatchObject({ basis: "own-rounds", rounds: 2, acceptedChance: 0.5 });
    expect(pay.perRoundWei).toBe(50_000n);
  });

  it("knows others' rounds when an account was rejected in all of its own", () => {
    const past = [round([400_000n, 100_000n], 3, 0n)];

    expect(expectedPay({ terms, othersReliability: [1, 1], past }).basis).toBe("rounds");
  });

  it("gives void rounds as a chance of nothing, not as an error", () => {
    const pay = expectedPay({ terms, othersReliability: [1, 1], past: [round([], 3)] });

    expect(pay.perRoundWei).toBe(0n);
  });

  it("divides the places by reliability when more have joined than fit", () => {
    const crowd = new Array<number>(9).fill(32_768);
    const neutral = expectedPay({ terms, othersReliability: crowd, past: [] });
    const trusted = expectedPay({
      ...{ terms, othersReliability: crowd, past: [] },
      reliability: 65_535,
    });

    expect(neutral.selectedChance).toBeCloseTo(0.5);
    expect(trusted.selectedChance).toBeGreaterThan(neutral.selectedChance);
  });
});
