import { describe, expect, it } from "vitest";
import type { Project } from "../../../services/adapters/chain/projects/project.ts";
import type { Round } from "../../../services/adapters/chain/rounds/round.ts";
import { planAction, type Situation } from "../../../services/aggregator/projects/round-plan.ts";

const terms = {
  aggregators: ["0x0a", "0x0b", "0x0c"],
  ...{ aggregatorBondWei: 5n, minTrainers: 3, openSeconds: 100, settleSeconds: 60 },
};
const project = {
  ...{ terms, phase: "idle", phaseEndsAt: 1300, aggregatorIndex: 1, trainerCount: 3 },
  bondsWei: [5n, 5n, 5n],
} as unknown as Project;
const settling = { ...project, phase: "settle" } as Project;
const round = { revealClosesAt: 2000 } as Round;
/** What the aggregator with this index does at this time; the second of the three is in charge. */
const plan = (ownIndex: number, now: number, changes: Partial<Situation> = {}) =>
  planAction({ project, round: undefined, hasReferences: true, ownIndex, now, ...changes });
const settle = (ownIndex: number, now: number) => plan(ownIndex, now, { project: settling, round });

describe("whose turn it is", () => {
  it("to open: the one in charge at once, the next ones a window later each, around the list", () => {
    expect(plan(1, 0)).toEqual({ kind: "open" });
    expect([1099, 1100].map((now) => plan(2, now).kind)).toEqual(["wait", "open"]);
    expect([1199, 1200].map((now) => plan(0, now).kind)).toEqual(["wait", "open"]);
    expect(plan(0, 1150)).toMatchObject({ until: 1200 });
  });

  it("to settle: the one in charge from the end of the commit phase, the next ones a turn later each", () => {
    expect(settle(1, 1500)).toMatchObject({ kind: "settle", isRevealOver: false });
    expect(settle(1, 2000)).toMatchObject({ kind: "settle", isRevealOver: true });
    expect([2059, 2060].map((now) => settle(2, now).kind)).toEqual(["wait", "settle"]);
    expect([2119, 2120].map((now) => settle(0, now).kind)).toEqual(["wait", "settle"]);
  });

  it("and for the last time in the last third of one's own turn, not in another's", () => {
    const isLast = (ownIndex: number) => (now: number) =>
      (settle(ownIndex, now) as { isLastChance?: boolean }).isLastChance;

    expect([2039, 2040, 2059, 2060].map(isLast(1))).toEqual([false, true, true, false]);
    expect([2060, 2099, 2100, 2119, 2120].map(isLast(2))).toEqual([
      false,
      false,
      true,
      true,
      false,
    ]);
  });
});

it("no round is opened without a bond, without trainers, or without a reference", () => {
  const poor = { ...project, bondsWei: [5n, 4n, 5n] } as Project;

  expect(plan(1, 0, { project: poor })).toEqual({ kind: "bond" });
  expect(plan(1, 0, { project: { ...project, trainerCount: 2 } })).toMatchObject({
    for: "trainers to join",
  });
  expect(plan(1, 0, { hasReferences: false })).toMatchObject({ for: "the referee's reference" });
});
