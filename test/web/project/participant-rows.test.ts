import { describe, expect, it } from "vitest";
import type { Participant } from "../../../services/adapters/chain/projects/participant.ts";
import type { ProjectTrainer } from "../../../services/adapters/chain/projects/project-trainer.ts";
import type { Settlement } from "../../../services/adapters/chain/rounds/settlements.ts";
import { packOutcome } from "../../../services/protocol/round/public-signals.ts";
import type { Verdict } from "../../../services/protocol/rule/verdicts.ts";
import { participantRows } from "../../../web/project/participant-rows.ts";

const [ALICE, BOB, CAROL] = ["0xa", "0xb", "0xc"] as const;

function settled(verdicts: Verdict[], weights: number[], earningsWei: bigint[]): Settlement {
  const outcome = { verdicts, weights, shares: weights.map(() => 0) };
  return {
    ...{ roundIndex: 0, settledBy: "0xd", budgetWei: 100n, paidWei: 0n },
    ...{ blockNumber: 1, transactionHash: "0x", trainers: [ALICE, BOB, CAROL], earningsWei },
    outcomeWords: packOutcome(outcome),
  };
}

const joined = (trainer: string) => ({
  name: "TrainerJoined",
  args: { trainer, reliability: 32_768n },
});
const present = (trainer: string, change: Partial<ProjectTrainer> = {}): ProjectTrainer => ({
  ...{ trainer, status: "active", rosterIndex: 0, baseWeight: 1023, reliability: 40_000 },
  ...{ reliabilityUpdatedAt: 1, strikes: 0, missedRounds: 0, earnedWei: 0n, stakeWei: 1n },
  ...change,
});

const history = {
  slots: 8,
  events: [
    ...[ALICE, BOB, CAROL].map(joined),
    ...[ALICE, BOB, CAROL].map((trainer) => ({ name: "UpdateSubmitted", args: { trainer } })),
    { name: "StakeSlashed", args: { trainer: CAROL } },
    { name: "TrainerLeft", args: { trainer: BOB, reliability: 30_720n } },
  ],
  trainers: [present(ALICE), present(CAROL, { status: "slashed", reliability: 16_384 })],
  participants: [{ account: BOB, reliability: 31_000 } as Participant],
  settlements: [
    settled(
      ["accepted", "against-reference", "above-norm-bound", "inactive", "inactive"],
      [1024, 0, 0, 0, 0],
      [90n, 0n, 0n],
    ),
    // A void round: what it says of anybody has no consequence.
    settled(
      ["accepted", "against-reference", "too-large", "inactive", "inactive"],
      [0, 0, 0, 0, 0],
      [2n, 2n, 0n],
    ),
  ],
};

describe("the participants of a project", () => {
  const rows = participantRows(history);
  const row = (trainer: string) => rows.find((each) => each.trainer === trainer);

  it("are all that ever joined, in order", () => {
    expect(rows.map(({ trainer }) => trainer)).toEqual([ALICE, BOB, CAROL]);
  });

  it("are one each, also who lost its place and came back", () => {
    const back = {
      ...history,
      events: [...history.events, joined(BOB)],
      trainers: [...history.trainers, present(BOB, { missedRounds: 2 })],
    };

    const rowsThen = participantRows(back);

    expect(rowsThen.map(({ trainer }) => trainer)).toEqual([ALICE, BOB, CAROL]);
    expect(rowsThen[1]).toMatchObject({ state: "taking part", missedRounds: 2 });
  });

  it("keep what those who left had then, and what the registry says now", () => {
    expect(row(BOB)).toMatchObject({
      ...{ state: "left", joinedWith: 32_768, reliability: 30_720, overall: 31_000, strikes: null },
    });
  });

  it("count verdicts of applied rounds only, and money of all", () => {
    expect(row(ALICE)).toMatchObject({ accepted: 1, removed: 0, submitted: 1, earnedWei: 92n });
    expect(row(BOB)).toMatchObject({ accepted: 0, removed: 1, earnedWei: 2n });
  });

  it("say whose stake was burned", () => {
    expect(row(CAROL)).toMatchObject({ state: "stake burned", reliability: 16_384, overall: null });
    expect(row(ALICE)?.state).toBe("taking part");
  });
});
