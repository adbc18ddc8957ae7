import { describe, expect, it } from "vitest";
import { referenceLine } from "../../../services/owner/referee/reference-lines.ts";

describe("what a referee says", () => {
  it("is how good each model is", () => {
    const evaluated = { type: "evaluated", version: 3, accuracy: 0.7428, loss: 0.5929 };

    expect(referenceLine(evaluated)).toBe("model 3: accuracy 74.3 %, loss 0.593");
  });

  it("tells a key on chain from one given to the aggregator", () => {
    const released = { type: "reference-released", roundIndex: 0 };

    expect(referenceLine({ ...released, aggregator: "chain" })).toContain("on chain");
    expect(referenceLine({ ...released, aggregator: "0x01" })).toContain("to the aggregator");
  });

  it("is what was removed, when anything was, and why nothing could be", () => {
    const collected = { type: "content-collected", blocks: 3, bytes: 2_345_678, kept: 12 };

    expect(referenceLine(collected)).toBe(
      "removed 2.3 MB that no project needs any more; 12 files are kept",
    );
    expect(referenceLine({ ...collected, blocks: 0 })).toBeUndefined();
    expect(referenceLine({ type: "collection-failed", message: "away" })).toBe(
      "nothing was removed, because of away",
    );
  });

  it("is nothing about what only machines want, and never nothing about what is new", () => {
    expect(referenceLine({ type: "reference-training", roundIndex: 0 })).toBeUndefined();
    expect(referenceLine({ type: "later", detail: 1 })).toContain("detail=1");
  });
});
