import type { ProjectAudit } from "../../services/auditor/replay-project.ts";

const TRAINER = `0x${"aB".repeat(20)}`;

/** An audit of one round, with a check of each kind. */
export function someAudit(changes: Partial<ProjectAudit> = {}): ProjectAudit {
  return {
    chainId: 31337n,
    market: `0x${"11".repeat(20)}`,
    projectId: 1n,
    readAt: { block: 80, hash: `0x${"88".repeat(32)}`, finality: "final", newestBlock: 90 },
    later: { events: 0, rounds: [] },
    lastBlock: 70,
    lastBlockHash: `0x${"44".repeat(32)}`,
    historyHash: `0x${"55".repeat(32)}`,
    owner: `0x${"66".repeat(20)}`,
    manifestCid: "bafymanifest",
    termsHash: `0x${"77".repeat(32)}`,
    token: { address: `0x${"33".repeat(20)}`, symbol: "USD<C", decimals: 6 },
    setup: {
      label: "<b>a label</b> & more",
      isDevelopment: false,
      checksum: `0x${"00".repeat(32)}`,
    },
    isPassed: false,
    checks: [
      { name: "verifying key", isPassed: true, detail: "the same" },
      { name: "model file 0", isPassed: null, detail: "nobody served it in time" },
    ],
    rounds: [
      {
        roundIndex: 0,
        transactionHash: `0x${"22".repeat(32)}`,
        blockNumber: 60,
        budgetWei: 10n ** 18n,
        paidWei: 5n * 10n ** 17n,
        trainers: [TRAINER],
        earningsWei: [5n * 10n ** 17n],
        expectedEarningsWei: [1n],
        outcome: { verdicts: ["accepted"], weights: [1024], shares: [65_535], isVoid: false },
        checks: [{ name: "payouts", isPassed: false, detail: "slot 3 must earn 1 wei" }],
        exclusions: [
          { trainer: TRAINER, slot: 4, reason: "bundle-malformed", bundleCid: "bafy<script>" },
        ],
      },
    ],
    reliability: [
      {
        trainer: TRAINER,
        joinedWith: 32_768,
        outcomes: 1,
        strikes: 0,
        recomputed: 34_815,
        recorded: 34_815,
        isSame: true,
      },
    ],
    voidRounds: [{ roundIndex: 1, reason: "abandoned" }],
    ...changes,
  };
}
