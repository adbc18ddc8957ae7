import { describe, expect, it } from "vitest";
import { workerLine } from "../../services/worker/worker-lines.ts";

const money = (projectId: bigint, wei: bigint) => `${wei} of project ${projectId}`;
const say = (type: string, details: object = {}) =>
  workerLine({ type, projectId: 1n, roundIndex: 2, ...details }, money);

describe("what a worker says", () => {
  it("is pay in the project's token when the update was accepted", () => {
    expect(say("outcome", { verdict: "accepted", earnedWei: "500" })).toBe(
      "project 1 round 2: accepted, earned 500 of project 1",
    );
  });

  it("is the reason when it was not", () => {
    expect(say("outcome", { verdict: "duplicate", earnedWei: "0" })).toBe(
      "project 1 round 2: rejected: the same update as an earlier trainer's; earned 0 of project 1",
    );
    expect(say("outcome", { verdict: "void", reason: "too-few-readable" })).toBe(
      "project 1 round 2: came to nothing (too-few-readable); nobody is at fault",
    );
    expect(say("outcome", { verdict: "not-submitted" })).toBe(
      "project 1 round 2: settled without our update",
    );
  });

  it("is a failure's code, and that it goes on", () => {
    expect(say("failed", { code: "CW2200", message: "no node", roundIndex: undefined })).toBe(
      "project 1: trying again after CW2200: no node",
    );
    expect(say("failed", { code: "CW3301", message: "x", pauseSeconds: 4 })).toBe(
      "project 1 round 2: trying again in 4 s after CW3301: x",
    );
    const again = { code: "CW3301", message: "x", pauseSeconds: 8, isRepeated: true };
    expect(say("failed", again)).toBe("project 1 round 2: CW3301 again; trying again in 8 s");
  });

  it("is in words before it joins unchecked, and when privacy is spent", () => {
    expect(say("data-unchecked", { roundIndex: undefined })).toMatch(
      /^project 1: nobody serves its manifest now, .*joining all the same/,
    );
    expect(say("privacy", { spentEpsilon: 2, sentence: "After 3 updates." })).toBe(
      "privacy spent so far: After 3 updates.",
    );
  });

  it("is what was removed, when anything was, and why nothing could be", () => {
    const collected = { type: "content-collected", blocks: 3, bytes: 2_345_678, kept: 12 };

    expect(say("content-collected", collected)).toBe(
      "removed 2.3 MB that no project needs any more; 12 files are kept",
    );
    expect(say("content-collected", { ...collected, blocks: 0 })).toBeUndefined();
    expect(say("collection-failed", { code: "CW2200", message: "away" })).toBe(
      "nothing was removed, because of CW2200: away",
    );
  });

  it("is nothing about what only machines want, and never nothing about what is new", () => {
    expect(say("trained")).toBeUndefined();
    expect(say("brand-new", { epsilon: 2 })).toContain("epsilon=2");
  });
});
