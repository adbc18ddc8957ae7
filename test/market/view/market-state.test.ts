import { describe, expect, it } from "vitest";
import { initialMarketState, reduceMarket } from "../../../services/market/view/market-state.ts";
import { options, provingRound, settledRound, stateAfter } from "./market-events.ts";

const ETHER = 10n ** 18n;

describe("the state of the live view", () => {
  it("begins with the trainers of the plan, attackers last", () => {
    const { trainers } = initialMarketState(options);

    expect(trainers.map(({ name, attack, stage }) => [name, attack, stage])).toEqual([
      ["trainer-1", undefined, "starting"],
      ["trainer-2", undefined, "starting"],
      ["trainer-3", "sign-flip", "starting"],
    ]);
  });

  it("follows a trainer through a round", () => {
    const told = [...provingRound(0), ...settledRound(0, 0.5)];
    const stages = told
      .map((_, index) => stateAfter(told.slice(0, index + 1)).trainers[2]?.stage)
      .filter((stage, index, all) => stage !== all[index - 1]);

    expect(stages).toEqual(["waiting", "training", "sealing", "committed", "revealed", "removed"]);
  });

  it("adds up money and gas, and says who was removed and why", () => {
    const state = stateAfter(
      provingRound(0),
      settledRound(0, 0.5),
      provingRound(1),
      settledRound(1, 0.7),
    );

    expect(state.trainers.map(({ earnedWei }) => earnedWei)).toEqual([
      ETHER,
      (8n * ETHER) / 10n,
      0n,
    ]);
    expect(state.trainers[2]?.reason).toBe("against the owner's");
    expect(state.rounds).toMatchObject([
      { accuracy: 0.5, gasUsed: 750_000n, removed: ["trainer-3"], isSettled: true },
      { accuracy: 0.7, gasUsed: 750_000n, removed: ["trainer-3"], isSettled: true },
    ]);
    expect(state.accuracies).toEqual([0.087, 0.5, 0.7]);
  });

  it("knows of earlier rounds of a market that goes on only what the chain has", () => {
    const onChain = [0, 1].flatMap((roundIndex) =>
      settledRound(roundIndex, 0).filter(([process]) => process === "chain"),
    );

    const state = stateAfter(
      [["owner", "continued", { projectId: 7n, escrowWei: ETHER }]],
      onChain,
      [["referee", "evaluated", { version: 2, accuracy: 0.7 }]],
    );

    expect(state).toMatchObject({ projectId: "7", escrowWei: ETHER });
    expect(state.phase).toBe("everybody is coming back");
    expect(state.rounds.map(({ accuracy }) => accuracy)).toEqual([undefined, 0.7]);
    expect(state.trainers.map(({ earnedWei }) => earnedWei)).toEqual([
      ETHER,
      (8n * ETHER) / 10n,
      0n,
    ]);
  });

  it("shows the proof only while it is being made", () => {
    expect(stateAfter(provingRound(0)).proof).toEqual({
      roundIndex: 0,
      fraction: 0.5,
      step: "multi-scalar multiplication",
    });
    expect(stateAfter(provingRound(0), settledRound(0, 0.5)).proof).toBeUndefined();
  });

  it("does not let a late outcome overwrite the round that runs", () => {
    const late = settledRound(0, 0.5).filter(([, type]) => type === "outcome");
    const early = settledRound(0, 0.5).filter(([, type]) => type !== "outcome");

    const state = stateAfter(provingRound(0), early, provingRound(1), late);

    expect(state.trainers.map(({ stage }) => stage)).toEqual(["revealed", "revealed", "revealed"]);
    expect(state.trainers[0]?.earnedWei).toBe(ETHER / 2n);
  });

  it("keeps a killed trainer apart until it is back", () => {
    const killed = stateAfter(
      provingRound(0),
      [["trainer-1", "crashed"]],
      provingRound(1).slice(0, 1),
    );
    expect(killed.trainers[0]?.stage).toBe("crashed");

    const back = stateAfter([
      ["trainer-1", "crashed"],
      ["trainer-1", "came-back"],
      ["trainer-1", "ready"],
    ]);
    expect(back.trainers[0]?.stage).toBe("waiting");
  });

  it("keeps only the newest lines, and no progress of proofs among them", () => {
    let state = stateAfter(provingRound(0));
    expect(state.lines.some(({ text }) => text.includes("multi-scalar"))).toBe(false);
    for (let ms = 0; ms < 200; ms++) {
      state = reduceMarket(state, { process: "chain", type: "log", text: `line ${ms}`, ms });
    }
    expect(state.lines).toHaveLength(50);
    expect(state.lines.at(-1)?.text).toContain("line 199");
  });

  it("returns a new state and leaves the old one alone", () => {
    const before = stateAfter(provingRound(0));
    const copy = structuredClone(before);

    reduceMarket(before, { process: "trainer-1", type: "crashed", ms: 0 });

    expect(before).toEqual(copy);
  });
});
