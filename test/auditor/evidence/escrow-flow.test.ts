import { describe, expect, it } from "vitest";
import {
  checkEscrow,
  type EscrowEvidence,
  escrowFlow,
} from "../../../services/auditor/evidence/escrow-flow.ts";
import { packOutcome } from "../../../services/protocol/round/public-signals.ts";

const [ALICE, BOB, PRIMARY, STANDBY, OWNER] = ["a", "b", "c", "d", "e"].map(
  (digit) => `0x${digit.repeat(40)}`,
) as [string, string, string, string, string];
const BURN = "0x000000000000000000000000000000000000dEaD";

/** A round that a standby settled: 90 of 100 paid, Bob's stake burned, 7 of the primary's bond forfeited, of which 1 does not divide. */
const roundEvents: EscrowEvidence["events"] = [
  { name: "TrainerJoined", args: { trainer: ALICE, stakeWei: 10n } },
  { name: "TrainerJoined", args: { trainer: BOB, stakeWei: 10n } },
  { name: "AggregatorBonded", args: { aggregator: PRIMARY, bondWei: 20n } },
  { name: "AggregatorBonded", args: { aggregator: STANDBY, bondWei: 20n } },
  { name: "UpdateSubmitted", args: { roundIndex: 0n, trainer: ALICE } },
  { name: "UpdateSubmitted", args: { roundIndex: 0n, trainer: BOB } },
  {
    name: "BondForfeited",
    args: { roundIndex: 0n, aggregator: PRIMARY, toSettlerWei: 2n, toTrainersWei: 5n },
  },
  { name: "StakeSlashed", args: { roundIndex: 0n, trainer: BOB, burnedWei: 10n } },
  {
    name: "RoundSettled",
    args: {
      roundIndex: 0n,
      paidWei: 90n,
      outcomeWords: packOutcome({
        verdicts: ["accepted", "above-norm-bound", "inactive", "inactive", "inactive"],
        weights: [1024, 0, 0, 0, 0],
        shares: [65_535, 0, 0, 0, 0],
      }),
    },
  },
  { name: "AggregatorBonded", args: { aggregator: PRIMARY, bondWei: 20n } },
  { name: "BudgetAdded", args: { amountWei: 30n } },
];

const terms = {
  ...{ budgetPerRoundWei: 100n, rounds: 2, extraRounds: 1, settleFeeWei: 5n, slots: 8 },
};
const deposits = [215n, 10n, 10n, 20n, 20n, 7n, 30n].map((amountWei) => ({
  ...{ kind: "deposited" as const, account: OWNER, amountWei },
}));
const burned = { kind: "paid" as const, account: BURN, amountWei: 10n };

const running: EscrowEvidence = {
  events: roundEvents,
  moves: [...deposits, burned],
  terms,
  project: {
    phase: "idle",
    rewardLeftWei: 141n,
    bondsWei: [20n, 20n, 0n],
    aggregatorsEarnedWei: [0n, 7n, 0n],
  },
  // Alice: 90 and 2 of the forfeit; Bob: 2 of the forfeit.
  trainers: [
    { earnedWei: 92n, stakeWei: 10n },
    { earnedWei: 2n, stakeWei: 0n },
  ],
  vault: { potWei: 302n, owedWei: 1302n, balanceWei: 1302n },
};

const ended: EscrowEvidence = {
  ...running,
  events: [...roundEvents, { name: "ProjectEnded", args: { refundWei: 151n } }],
  moves: [
    ...running.moves,
    { kind: "paid", account: ALICE, amountWei: 102n },
    { kind: "kept", account: BOB, amountWei: 2n },
    { kind: "paid", account: PRIMARY, amountWei: 20n },
    { kind: "paid", account: STANDBY, amountWei: 27n },
    { kind: "paid", account: OWNER, amountWei: 151n },
  ],
  project: {
    ...{ phase: "ended", rewardLeftWei: 0n },
    ...{ bondsWei: [0n, 0n, 0n], aggregatorsEarnedWei: [0n, 0n, 0n] },
  },
  trainers: [],
  vault: { potWei: 0n, owedWei: 1002n, balanceWei: 1002n },
};

const failed = (evidence: EscrowEvidence) =>
  escrowFlow(evidence)
    .checks.filter(({ isPassed }) => !isPassed)
    .map(({ name }) => name);

describe("the flow of a project's money", () => {
  it("places every wei of a running project", () => {
    const { rows, checks } = escrowFlow(running);

    expect(rows).toEqual([
      {
        ...{ kind: "rewards", inWei: 230n, movedWei: 5n, paidWei: 0n },
        ...{ refundedWei: 0n, burnedWei: 0n, heldWei: 235n },
      },
      {
        ...{ kind: "fees", inWei: 15n, movedWei: 2n, paidWei: 0n },
        ...{ refundedWei: 0n, burnedWei: 0n, heldWei: 17n },
      },
      {
        ...{ kind: "stakes", inWei: 20n, movedWei: 0n, paidWei: 0n },
        ...{ refundedWei: 0n, burnedWei: 10n, heldWei: 10n },
      },
      {
        ...{ kind: "bonds", inWei: 47n, movedWei: -7n, paidWei: 0n },
        ...{ refundedWei: 0n, burnedWei: 0n, heldWei: 40n },
      },
    ]);
    expect(checks.map(({ name }) => name)).toContain("budget left");
    expect(failed(running)).toEqual([]);
  });

  it("places every wei of an ended project, also what a payee has yet to withdraw", () => {
    const { rows, keptWei, checks } = escrowFlow(ended);

    expect(rows.map(({ paidWei }) => paidWei)).toEqual([94n, 7n, 10n, 40n]);
    expect(rows.map(({ refundedWei }) => refundedWei)).toEqual([141n, 10n, 0n, 0n]);
    expect(rows.every(({ heldWei }) => heldWei === 0n)).toBe(true);
    expect(keptWei).toBe(2n);
    expect(checks.map(({ name }) => name)).toContain("refund");
    expect(failed(ended)).toEqual([]);
  });

  it.each([running, ended])("balances every row", (evidence) => {
    for (const row of escrowFlow(evidence).rows) {
      const outWei = row.paidWei + row.refundedWei + row.burnedWei + row.heldWei;
      expect(row.inWei + row.movedWei, row.kind).toBe(outWei);
    }
  });

  it.each<[string, Partial<EscrowEvidence>, string[]]>([
    ["a deposit is missing", { moves: running.moves.slice(1) }, ["deposits"]],
    [
      "somebody was paid besides",
      { moves: [...running.moves, { kind: "paid", account: OWNER, amountWei: 1n }] },
      ["payments"],
    ],
    ["a stake was not burned", { moves: deposits }, ["payments", "burned stakes"]],
    ["budget is gone", { project: { ...running.project, rewardLeftWei: 140n } }, ["budget left"]],
    ["the pot holds less", { vault: { ...running.vault, potWei: 301n } }, ["pot"]],
    ["the vault cannot pay all", { vault: { ...running.vault, balanceWei: 1301n } }, ["vault"]],
  ])("names the check when %s", (_, change, names) => {
    expect(failed({ ...running, ...change })).toEqual(names);
  });

  it("names a refund that is not what was left", () => {
    const events = [...roundEvents, { name: "ProjectEnded", args: { refundWei: 150n } }];

    expect(failed({ ...ended, events })).toEqual(["refund"]);
  });

  it("is one check of an audit, which says what did not agree", () => {
    expect(checkEscrow(ended)).toEqual({
      name: "escrow",
      isPassed: true,
      detail: "312 wei came in: 151 paid or given back, 151 refunded, 10 burned, 0 still held",
    });
    const { isPassed, detail } = checkEscrow({ ...ended, moves: ended.moves.slice(1) });
    expect(isPassed).toBe(false);
    expect(detail).toMatch(/^deposits: the market's events make 312 wei, but 97 wei came/);
  });
});
