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

  it("is an alert's own message", () => {
    const alert = { type: "alert", kind: "balance-low", message: "pays for 3 more rounds" };

    expect(serviceLine(alert)).toBe("ALERT: pays for 3 more rounds");
  });
});
