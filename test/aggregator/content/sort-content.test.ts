import { describe, expect, it } from "vitest";
import {
  firstKeptRound,
  type ProjectContent,
  sortContent,
} from "../../../services/aggregator/content/sort-content.ts";

const rules = { rounds: 2, endedSeconds: 1000 };

const project = (changes: Partial<ProjectContent> = {}): ProjectContent => ({
  projectId: 1n,
  lasting: new Set(["manifest", "model-0", "model-1"]),
  bundles: new Map([0, 1, 2, 3, 4].map((round) => [round, new Set([`a${round}`, `b${round}`])])),
  newestRound: 3,
  endedAt: undefined,
  ...changes,
});

const sorted = (projects: readonly ProjectContent[], now = 5000) => {
  const { kept, released } = sortContent(projects, rules, now);
  return { kept: [...kept].sort(), released: [...released].sort() };
};

describe("content of a project", () => {
  it("stays while it runs: all models, the bundles of the open round, of so many before it, and of those to come", () => {
    expect(sorted([project()])).toEqual({
      kept: ["a1", "a2", "a3", "a4", "b1", "b2", "b3", "b4", "manifest", "model-0", "model-1"],
      released: ["a0", "b0"],
    });
  });

  it("stays before the first round, whatever was handed over already", () => {
    const early = project({ newestRound: -1, bundles: new Map([[0, new Set(["a0"])]]) });

    expect(sorted([early]).released).toEqual([]);
  });

  it("stays for the time after its end, and goes as a whole then", () => {
    const ended = project({ endedAt: 4000 });

    expect(sorted([ended], 5000).released).toEqual(["a0", "b0"]);
    expect(sorted([ended], 5001).kept).toEqual([]);
    expect(sorted([ended], 5001).released).toHaveLength(13);
    expect(firstKeptRound(ended, rules, 5001)).toBe(Number.POSITIVE_INFINITY);
  });

  it("stays when any project needs it, and any round", () => {
    const over = project({ projectId: 2n, endedAt: 1 });
    const again = project({
      bundles: new Map([
        [0, new Set(["a0"])],
        [3, new Set(["a0"])],
      ]),
    });

    expect(sorted([over, project()]).released).toEqual(["a0", "b0"]);
    expect(sorted([again]).released).toEqual([]);
  });
});
