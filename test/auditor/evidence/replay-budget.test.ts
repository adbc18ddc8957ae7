import { describe, expect, it } from "vitest";
import { replayBudgets } from "../../../services/auditor/evidence/replay-budget.ts";
import { packOutcome } from "../../../services/protocol/round/public-signals.ts";
import type { Verdict } from "../../../services/protocol/rule/verdicts.ts";

const terms = { budgetPerRoundWei: 100n, rounds: 2, slots: 8 };
const submitted = (count: number, roundIndex = 0n) =>
  Array.from({ length: count }, () => ({ name: "UpdateSubmitted", args: { roundIndex } }));
const settled = (verdicts: readonly Verdict[], paidWei: bigint, roundIndex = 0n) => ({
  name: "RoundSettled",
  args: {
    ...{ roundIndex, paidWei },
    outcomeWords: packOutcome({
      verdicts: [...verdicts, ...new Array<Verdict>(5 - verdicts.length).fill("inactive")],
      weights: [1024, 0, 0, 0, 0],
      shares: [65_535, 0, 0, 0, 0],
    }),
  },
});

describe("the budget that a round must have had", () => {
  it("is less by the parts of what could not be read, and the next round has the rest", () => {
    const { budgets, leftWei } = replayBudgets(
      [
        ...submitted(4),
        settled(["accepted", "accepted", "inactive", "accepted"], 75n),
        ...submitted(3, 1n),
        settled(["accepted", "against-reference", "too-small"], 0n, 1n),
      ],
      terms,
    );

    expect([...budgets]).toEqual([
      [0, 75n],
      [1, 125n],
    ]);
    expect(leftWei).toBe(125n);
  });

  it("rounds down, and does not count places where nobody submitted", () => {
    const { budgets } = replayBudgets(
      [...submitted(3), settled(["accepted", "inactive", "accepted"], 0n)],
      terms,
    );

    expect(budgets.get(0)).toBe(66n);
  });

  it("is computed, and wrong, for a node that tells of more rounds than the terms have", () => {
    const rounds = [0n, 1n, 2n].map((roundIndex) => [
      ...submitted(1, roundIndex),
      settled(["accepted"], 100n, roundIndex),
    ]);

    expect([...replayBudgets(rounds.flat(), terms).budgets.values()]).toEqual([100n, 100n, 0n]);
  });
});
