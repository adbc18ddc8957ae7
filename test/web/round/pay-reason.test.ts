import { describe, expect, it } from "vitest";
import { exclusionText } from "../../../services/auditor/checks/verdict-reasons.ts";
import { roundPayouts } from "../../../services/protocol/market/payout.ts";
import type { Verdict } from "../../../services/protocol/rule/verdicts.ts";
import { type PayFacts, payReason } from "../../../web/round/pay-reason.ts";

const ETHER = 10n ** 18n;

/** A round of 1 ETH: 10 % even, at most half for one. */
function facts(options: {
  verdicts: Verdict[];
  weights: number[];
  shares: number[];
  forfeitWei?: bigint;
}): (place: number) => PayFacts {
  const { forfeitWei = 0n, ...outcome } = options;
  const pay = roundPayouts({ budgetWei: ETHER, flatBps: 1000, capBps: 5000, outcome });
  return (place) => ({
    ...{ outcome, pay, place, flatBps: 1000, token: { symbol: "ETH", decimals: 18 } },
    earnedWei: (pay.payoutsWei[place] ?? 0n) + forfeitWei,
    whyUnread: exclusionText(2),
  });
}

describe("why somebody was paid what it was paid", () => {
  const both = { verdicts: ["accepted", "stale-copy"] as Verdict[], weights: [1024, 0] };

  it("adds the even part and the part by share", () => {
    const round = facts({
      ...{ verdicts: ["accepted", "accepted"], weights: [512, 512], shares: [13_107, 39_321] },
    });

    expect(payReason(round(0))).toBe(
      "0.05 ETH as an even part of 10 % of the budget, 0.18 ETH by share of the rest",
    );
  });

  it("names the cap where it cuts", () => {
    expect(payReason(facts({ ...both, shares: [65_535, 0] })(0))).toContain(
      "cut to the cap of 0.5 ETH",
    );
  });

  it("says why an update was removed", () => {
    expect(payReason(facts({ ...both, shares: [65_535, 0] })(1))).toContain(
      "same direction as the last round's published change",
    );
  });

  it("says why an update could not be read, and whose word that is", () => {
    const round = facts({ verdicts: ["accepted", "inactive"], weights: [1024, 0], shares: [1, 0] });

    expect(payReason(round(1))).toMatch(/could not be fetched from IPFS.*the aggregator’s word/);
  });

  it("adds what late aggregators forfeited", () => {
    const round = facts({ ...both, shares: [0, 0], forfeitWei: ETHER / 4n });

    expect(payReason(round(0))).toContain("besides, 0.25 ETH of the bonds of late aggregators");
  });

  it("says what an accepted update without a share lacked", () => {
    const round = facts({
      ...{ verdicts: ["accepted", "accepted"], weights: [512, 512], shares: [65_535, 0] },
    });

    expect(payReason(round(1))).toMatch(/^0\.05 ETH as an even part.*nothing by share/);
  });

  it("pays nobody in a void round", () => {
    const round = facts({ verdicts: ["accepted", "too-large"], weights: [0, 0], shares: [0, 0] });

    expect(payReason(round(0))).toBe("nobody is paid in a void round");
  });
});
