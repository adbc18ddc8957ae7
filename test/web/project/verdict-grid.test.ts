import { expect, it } from "vitest";
import { packOutcome } from "../../../services/protocol/round/public-signals.ts";
import { lineageSteps } from "../../../web/project/lineage-drawing.tsx";
import { cellLabel, verdictCell } from "../../../web/project/verdict-grid.tsx";

const about = { isVoid: false, earned: "2 ETH" };

it("says in each cell what came of an update, and in full when asked", () => {
  expect(verdictCell({ verdict: "accepted", share: 0.25 }, about)).toMatchObject({
    ...{ kind: "accepted", text: "25.0 %", strength: 0.25 },
    title: "accepted, 25.0 % of the pay: 2 ETH",
  });
  expect(verdictCell({ verdict: "stale-copy", share: 0 }, about)).toMatchObject({
    ...{ kind: "removed", text: "old copy", title: "removed: a copy of the last round's result" },
  });
  expect(verdictCell({ verdict: "inactive", share: 0 }, about).kind).toBe("undecided");
  expect(verdictCell(undefined, about)).toMatchObject({
    kind: "absent",
    title: "handed in nothing",
  });
});

it("is called by what is seen of it, and then where it stands and why", () => {
  const cell = verdictCell({ verdict: "stale-copy", share: 0 }, about);

  expect(cellLabel(cell, "round 2 of 0xab")).toBe(
    "old copy: round 2 of 0xab, removed: a copy of the last round's result",
  );
});

it("decides about nobody in a void round", () => {
  expect(verdictCell({ verdict: "too-large", share: 0 }, { ...about, isVoid: true })).toMatchObject(
    {
      ...{ kind: "undecided", text: "void" },
    },
  );
});

it("draws each model with what was added to the one before", () => {
  const at = { blockNumber: 1, transactionHash: "0x", cid: "bafy" };
  const outcome = {
    verdicts: ["accepted", "accepted", "against-reference", "inactive", "inactive"] as const,
    ...{ weights: [512, 512, 0, 0, 0], shares: [1, 1, 0, 0, 0] },
  };
  const settled = {
    ...{ ...at, roundIndex: 4, settledBy: "0x", budgetWei: 0n, paidWei: 0n },
    ...{ trainers: [], earningsWei: [], outcomeWords: packOutcome(outcome) },
  };
  const steps = lineageSteps({
    models: [
      { ...at, version: 0, roundIndex: 0, commitment: { x: 255n, y: 0n } },
      { ...at, version: 1, roundIndex: 4, commitment: { x: 1n, y: 0n } },
    ],
    settlements: [settled],
    project: { terms: { slots: 8 } },
  });

  expect(steps.map(({ from }) => from)).toEqual([undefined, { roundIndex: 4, updates: 2 }]);
  expect(steps[0]?.commitment).toBe(`0x${"ff".padStart(64, "0")}`);
});
