import { describe, expect, it } from "vitest";
import type { ProjectTrainer } from "../../services/adapters/chain/projects/project-trainer.ts";
import { keepPlan } from "../../services/market/keep-plan.ts";
import { ROSTER_CAPACITY } from "../../services/protocol/market/roster.ts";

const FULL = (1n << BigInt(ROSTER_CAPACITY)) - 1n;
const trainer = (rosterIndex: number, changes: Partial<ProjectTrainer> = {}) =>
  ({
    trainer: `0x${rosterIndex}`,
    rosterIndex,
    status: "active",
    missedRounds: 0,
    ...changes,
  }) as ProjectTrainer;
const closed = { isOpen: false, eligibleMask: 0n, roundIndex: 4 };
const idle = (rosterIndex: number) => trainer(rosterIndex, { missedRounds: 3 });

describe("what anybody can do for a project", () => {
  it("is to free one idle place of a full roster, and no place that nobody needs", () => {
    const trainers = [trainer(0), idle(1), idle(2)];
    const full = keepPlan({ phase: "idle", occupiedMask: FULL }, closed, trainers);
    expect(full.steps).toMatchObject([{ kind: "release", trainer: "0x1" }]);
    expect(full.waiting).toMatchObject([{ trainer: "0x2" }]);

    const roomy = keepPlan({ phase: "idle", occupiedMask: FULL >> 1n }, closed, trainers);
    expect(roomy.steps).toEqual([]);
    expect(roomy.waiting.map(({ why }) => why)).toEqual(
      Array(2).fill(expect.stringContaining("a place is free")),
    );
  });

  it("waits for whoever is in the open round", () => {
    const open = { isOpen: true, eligibleMask: 0b10n, roundIndex: 4 };
    const plan = keepPlan({ phase: "commit", occupiedMask: FULL }, open, [
      trainer(0, { status: "expelled" }),
      trainer(1, { status: "leaving" }),
    ]);

    expect(plan.steps).toMatchObject([{ kind: "pay-out", trainer: "0x0" }]);
    expect(plan.waiting).toEqual([
      { trainer: "0x1", why: "leaving, and in round 4 until that is over" },
    ]);
  });

  it("is to pay out first: that may free the place that is needed", () => {
    const plan = keepPlan({ phase: "idle", occupiedMask: FULL }, closed, [
      trainer(0, { status: "slashed" }),
      idle(1),
    ]);

    expect(plan.steps.map(({ kind }) => kind)).toEqual(["pay-out"]);
  });

  it("is to move it on before anything else", () => {
    for (const phase of ["expired", "overdue"] as const) {
      const plan = keepPlan({ phase, occupiedMask: FULL }, closed, [
        trainer(0, { status: "leaving" }),
      ]);
      expect(plan.steps.map(({ kind }) => kind)).toEqual(["poke"]);
    }
    expect(keepPlan({ phase: "ended", occupiedMask: FULL }, closed, [idle(0)]).steps).toEqual([]);
  });
});
