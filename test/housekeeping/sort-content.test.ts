import { describe, expect, it } from "vitest";
import {
  firstKeptRound,
  type ProjectContent,
  sortContent,
  withBundles,
} from "../../services/housekeeping/sort-content.ts";

const rules = { rounds: 2, endedSeconds: 1000 };

const project = (changes: Partial<ProjectContent> = {}): ProjectContent => ({
  projectId: 1n,
  lasting: new Set(["manifest", "model-0", "model-1"]),
  bundles: new Map([0, 1, 2, 3, 4].map((round) => [round, new Set([`a${round}`, `b${round}`])])),
  newestRound: 3,
  endedAt: undefined,
  ...changes,
});

const sorted = (content: ProjectContent, now = 5000) => {
  const { kept, released } = sortContent(content, rules, now);
  return { kept: [...kept].sort(), released: [...released].sort() };
};

describe("content of a project", () => {
  it("stays while it runs: all models, the bundles of the open round, of so many before it, and of those to come", () => {
    expect(sorted(project())).toEqual({
      kept: ["a1", "a2", "a3", "a4", "b1", "b2", "b3", "b4", "manifest", "model-0", "model-1"],
      released: ["a0", "b0"],
    });
  });

  it("stays before the first round, whatever was handed over already", () => {
    const early = project({ newestRound: -1, bundles: new Map([[0, new Set(["a0"])]]) });

    expect(sorted(early).released).toEqual([]);
  });

  it("stays for the time after its end, and goes as a whole then", () => {
    const ended = project({ endedAt: 4000 });

    expect(sorted(ended, 5000).released).toEqual(["a0", "b0"]);
    expect(sorted(ended, 5001).kept).toEqual([]);
    expect(sorted(ended, 5001).released).toHaveLength(13);
    expect(firstKeptRound(ended, rules, 5001)).toBe(Number.POSITIVE_INFINITY);
  });

  it("stays when any of its rounds needs it, or the project itself", () => {
    const again = project({
      lasting: new Set(["b0"]),
      bundles: new Map([
        [0, new Set(["a0", "b0"])],
        [3, new Set(["a0"])],
      ]),
    });

    expect(sorted(again).released).toEqual([]);
  });

  it("goes when it is superseded, unless it is needed for something else", () => {
    const followed = project({
      lasting: new Set(["model-1"]),
      superseded: new Set(["model-0", "model-1", "a3", "left over"]),
    });

    expect(sorted(followed).kept).toContain("model-1");
    expect(sorted(followed).released).toEqual(["a0", "b0", "left over", "model-0"]);
  });

  it("stays for ever where it is an owner's, also when everything else has gone", () => {
    const ended = project({ endedAt: 1, forever: new Set(["manifest", "model-1", "a0"]) });

    expect(sorted(ended).kept).toEqual(["a0", "manifest", "model-1"]);
    expect(sorted(ended).released).toHaveLength(10);
  });

  it("is told by its round alone when bundles of one's own are added to those of the chain", () => {
    const chain = new Map([[1, new Set(["a"])]]);

    const all = withBundles(chain, [
      { roundIndex: 1, cid: "b" },
      { roundIndex: 2, cid: "a" },
    ]);

    expect(all).toEqual(
      new Map([
        [1, new Set(["a", "b"])],
        [2, new Set(["a"])],
      ]),
    );
    expect(chain.get(1)?.size).toBe(1);
  });
});
