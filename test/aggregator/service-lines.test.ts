import { describe, expect, it } from "vitest";
import { serviceLine } from "../../services/aggregator/service-lines.ts";

describe("what an aggregator says", () => {
  it("is what a round cost", () => {
    const proven = { type: "proven", projectId: 1n, roundIndex: 2, seconds: 3.4294, isVoid: true };
    const settled = { type: "round-settled", projectId: 1n, roundIndex: 2, gasUsed: 879700n };

    expect(serviceLine(proven)).toBe("project 1 round 2: proven in 3.4 s, void");
    expect(serviceLine(settled)).toContain("settled for 879700 gas");
  });

  it("is about a transaction only when it was not mined", () => {
    const ended = { type: "transaction-ended", purpose: "settle/1/2" };

    expect(serviceLine({ ...ended, outcome: "mined" })).toBeUndefined();
    expect(serviceLine({ ...ended, outcome: "displaced" })).toContain("outcome=displaced");
  });

  it("is never nothing about what is new", () => {
    expect(serviceLine({ type: "later", detail: 1 })).toContain("detail=1");
  });

  it("is what was removed, when anything was", () => {
    const collected = { type: "content-collected", blocks: 3, bytes: 2_345_678, kept: 12 };

    expect(serviceLine(collected)).toBe(
      "removed 2.3 MB that no project needs any more; 12 files are kept",
    );
    expect(serviceLine({ ...collected, bytes: 20_001 })).toContain("removed 21 kB that");
    expect(serviceLine({ ...collected, blocks: 0, bytes: 0 })).toBeUndefined();
    expect(serviceLine({ type: "content-lost", cid: "bafy" })).toContain("bafy");
    expect(serviceLine({ type: "collection-failed", code: "CW2200", message: "away" })).toBe(
      "nothing was removed, because of CW2200: away",
    );
  });

  it("is an alert's own message", () => {
    const alert = { type: "alert", kind: "balance-low", message: "pays for 3 more rounds" };

    expect(serviceLine(alert)).toBe("ALERT: pays for 3 more rounds");
  });
});
