import { describe, expect, it } from "vitest";
import { auditHtml, escapeHtml } from "../../../services/auditor/report/audit-html.ts";
import {
  auditReport,
  auditReportSchema,
  encodeAuditReport,
} from "../../../services/auditor/report/audit-report.ts";
import { auditText } from "../../../services/auditor/report/audit-text.ts";
import { someAudit } from "../some-audit.ts";

/** The same value with the names of every object in the opposite order. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, entry]) => [name, turned(entry)]),
  );
}

describe("a report", () => {
  it("follows its schema and counts what passed, failed and could not be checked", () => {
    const report = auditReportSchema.parse(JSON.parse(encodeAuditReport(auditReport(someAudit()))));

    expect(report.counts).toEqual({ passed: 1, failed: 1, notChecked: 1 });
    expect(report.rounds[0]?.trainers[0]).toMatchObject({
      share: 65_535,
      earnedWei: "500000000000000000",
    });
  });

  it("is the same bytes whatever order its names were made in, and others for another finding", () => {
    const report = auditReport(someAudit());
    const bytes = encodeAuditReport(report);

    expect(encodeAuditReport(turned(report) as typeof report)).toBe(bytes);
    expect(encodeAuditReport(auditReport(someAudit({ lastBlock: 71 })))).not.toBe(bytes);
    expect(bytes.endsWith("}\n")).toBe(true);
  });
});

describe("a report's page", () => {
  const page = auditHtml(auditReport(someAudit()), "c0ffee");

  it("says first whether anything failed, in words and not only in colour", () => {
    expect(page).toContain("1 of 2 checks FAILED, 1 could not be made.");
    expect(page).toContain("<h3>Round 0: 1 checks FAILED</h3>");
    expect(page).toContain("c0ffee");
  });

  it("shows what came from the chain as text, and needs nothing from anywhere", () => {
    expect(page).toContain("&lt;b&gt;a label&lt;/b&gt; &amp; more");
    expect(page).toContain("bafy&lt;script&gt;");
    expect(page).not.toMatch(/<script|<link|src=|href=|url\(|@import/);
    expect(escapeHtml(`'"<>&`)).toBe("&#39;&quot;&lt;&gt;&amp;");
  });

  it("has a language, a caption for each table and a scope for each heading cell", () => {
    const count = (pattern: RegExp) => page.match(pattern)?.length ?? 0;

    expect(page).toContain('<html lang="en">');
    expect(count(/<table>/g)).toBeGreaterThan(4);
    expect(count(/<caption>/g)).toBe(count(/<table>/g));
    expect(count(/<th(?![ e])/g)).toBe(0);
  });

  it("writes amounts in the project's own token, and why a round came to nothing", () => {
    expect(page).toContain("Budget 1000000000000 USD&lt;C, paid 500000000000 USD&lt;C");

    const voidRounds = [{ roundIndex: 3, reason: "abandoned" }];
    const audit = someAudit({ voidRounds });
    expect(auditHtml(auditReport(audit), "")).toContain("the aggregator gave it up");
    expect(auditText(audit)).toContain("round 3 came to nothing: the aggregator gave it up");
    expect(auditText(audit)).toContain("500000000000 USD<C");
  });

  it("says which block was read, what the node says of it, and what came after it", () => {
    const both = (audit: ReturnType<typeof someAudit>) => [
      auditHtml(auditReport(audit), ""),
      auditText(audit),
    ];
    const { readAt } = someAudit();

    for (const text of both(someAudit())) {
      expect(text).toMatch(/read at block 80 .*which the node calls final/);
      expect(text).not.toContain("not looked at:");
    }
    expect(auditText(someAudit())).toContain("10 newer blocks were not looked at");
    for (const text of both(someAudit({ later: { events: 7, rounds: [1, 2] } }))) {
      expect(text).toContain("not looked at: the ends of rounds 1, 2, after block 80");
    }
    for (const text of both(someAudit({ readAt: { ...readAt, finality: "unknown" } }))) {
      expect(text).toContain("the node calls no block final");
    }
    for (const text of both(someAudit({ readAt: { ...readAt, finality: "not-final" } }))) {
      expect(text).toContain("which the node does not call final");
    }
  });

  it("warns of a development setup, under which proofs prove nothing", () => {
    const setup = { ...someAudit().setup, isDevelopment: true };

    expect(auditHtml(auditReport(someAudit({ setup })), "")).toContain("its secret is public");
    expect(page).not.toContain("its secret is public");
  });
});
