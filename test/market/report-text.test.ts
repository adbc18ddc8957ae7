import { expect, it } from "vitest";
import { defaultMarketOptions } from "../../services/market/market-plan.ts";
import type { MarketReport } from "../../services/market/market-report.ts";
import { reportText } from "../../services/market/report-text.ts";
import type { Verdict } from "../../services/protocol/rule/verdicts.ts";

const trainer = (name: string, verdict: Verdict, earnedWei: bigint) => ({
  name,
  address: `0x${name}`,
  verdict,
  weight: 0,
  share: 0,
  earnedWei,
});

const report: MarketReport = {
  options: defaultMarketOptions,
  versions: { node: "v24.0.0" },
  projectId: 1n,
  initialAccuracy: 0.087,
  rounds: [
    {
      roundIndex: 0,
      accuracy: 0.763,
      gasUsed: 1_234_567n,
      proofSeconds: 9.7,
      budgetWei: 10n ** 18n,
      paidWei: 9n * 10n ** 17n,
      trainers: [
        trainer("trainer-1", "accepted", 9n * 10n ** 17n),
        trainer("trainer-2", "against-reference", 0n),
        trainer("trainer-3", "stale-copy", 0n),
      ],
    },
  ],
  voidRounds: [],
  trainers: [
    {
      name: "trainer-1",
      address: "0x1",
      attack: null,
      crashed: true,
      earnedWei: 9n * 10n ** 17n,
      reliability: 65535,
    },
    {
      name: "trainer-2",
      address: "0x2",
      attack: "sign-flip",
      crashed: false,
      earnedWei: 0n,
      reliability: 32768,
    },
  ],
  peakMemoryMb: 2345,
  totals: { paidWei: 9n * 10n ** 17n, escrowLeftWei: 0n, milliseconds: 71_000 },
  milliseconds: {},
};

it("tells people how a run went, in columns", () => {
  expect(reportText(report)).toMatchInlineSnapshot(`
    "
    1 round in 1:11, accuracy 8.7 % → 76.3 %, 0.9000 ETH paid, 2.3 GB of memory at most

    round  accuracy  proof  settling gas  paid (ETH)  removed
        0    76.3 %  9.7 s     1,234,567      0.9000  trainer-2: against the owner's
                                                      trainer-3: copy of the last result

    trainer    plays                           earned (ETH)  reliability
    trainer-1  fair; was killed and came back        0.9000        100 %
    trainer-2  sign-flip                             0.0000         50 %"
  `);
});
