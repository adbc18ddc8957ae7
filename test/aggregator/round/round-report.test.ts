import { describe, expect, it } from "vitest";
import type { Submission } from "../../../services/adapters/chain/rounds/round-events.ts";
import { reportTrainer } from "../../../services/aggregator/round/round-report.ts";
import { exactAmount } from "../../../services/protocol/market/token-amount.ts";
import { VERDICTS, type Verdict } from "../../../services/protocol/rule/verdicts.ts";

type Round = Parameters<typeof reportTrainer>[1];

/** The first trainer of a round of 8 slots, who has slot 3. */
const submission = {
  trainer: "0xa",
  slot: 3,
  bundleCid: "bafy-bundle",
  commitmentHash: `0x${"cc".repeat(32)}`,
} as Submission;

function report(
  verdict: Verdict,
  {
    weight = 0,
    share = 0,
    earnedWei = 0n,
    isVoid = false,
    excludedMask = 0,
    reasons = [] as number[],
    found = [] as unknown[],
  } = {},
) {
  return reportTrainer(submission, {
    settlement: { earningsWei: [earnedWei] },
    request: { excludedMask, exclusionReasons: reasons },
    outcome: { verdicts: [verdict], weights: [weight], shares: [share] },
    ...{ isVoid, found },
    money: (amountWei: bigint) => `${exactAmount(amountWei, 2)} coins`,
  } as unknown as Round);
}

describe("the report of a round tells its trainer", () => {
  const rejected = VERDICTS.filter((each) => each !== "accepted" && each !== "inactive");

  it.each(rejected)("why an update was removed: %s", (verdict) => {
    const { text } = report(verdict);

    expect(text.split(" ").length).toBeGreaterThan(12);
    expect(text).toMatch(/no weight in the new model and earns nothing\.$/);
  });

  it("another reason for each verdict", () => {
    const texts = VERDICTS.map((verdict) => report(verdict).text);

    expect(new Set(texts).size).toBe(VERDICTS.length);
  });

  it("what it was paid for: its shares, or only the part that is split evenly", () => {
    const helped = report("accepted", { weight: 300, share: 20_000, earnedWei: 77n });
    const idle = report("accepted", { weight: 300, share: 0, earnedWei: 7n });

    expect(helped.text).toMatch(
      /300 of 1024 parts .* 20000 of 65535 shares .* you earned 0\.77 coins \(77 wei\)/,
    );
    expect(helped.text).toMatch(/lowers the loss on the owner's pay set/);
    expect(idle.text).toMatch(
      /no share .* does not lower the loss .* 0\.07 coins \(7 wei\), the part that is split/,
    );
  });

  it("that a void round pays nobody, whatever became of its own update", () => {
    const { text, earnedWei } = report("accepted", { isVoid: true });

    expect(text).toMatch(/void because fewer than half .* nobody is paid/);
    expect(earnedWei).toBe(0n);
  });

  it("that it was left out without fault, with what others need to find the same", () => {
    // Slots 3 and 5 are left out; the reasons stand in the order of slots.
    const found = [{ slot: 3, reason: 2, code: "CW2602", explanation: "nobody had it" }];
    const left = report("inactive", { excludedMask: 0b101000, reasons: [2, 4], found });

    expect(left.text).toMatch(/left out without fault: no node had the sealed bundle/);
    expect(left.text).toMatch(/Neither stake nor reliability is touched/);
    expect(left.exclusion).toEqual({
      ...{ reason: 2, name: "bundle-not-found", bundleCid: "bafy-bundle" },
      ...{ commitmentHash: `0x${"cc".repeat(32)}`, code: "CW2602", explanation: "nobody had it" },
    });
    // What this aggregator found itself is no evidence for another reason that somebody else settled with.
    expect(report("inactive", { excludedMask: 0b1000, reasons: [4], found }).exclusion).toEqual({
      ...{ reason: 4, name: "commitment-mismatch", bundleCid: "bafy-bundle" },
      commitmentHash: `0x${"cc".repeat(32)}`,
    });
  });

  it("nothing of an exclusion that is another slot's", () => {
    expect(report("accepted", { excludedMask: 0b100000, reasons: [4] }).exclusion).toBeUndefined();
  });
});
