import { describe, expect, it } from "vitest";
import { auditReport, encodeAuditReport } from "../../../services/auditor/report/audit-report.ts";
import {
  compareReports,
  comparisonText,
} from "../../../services/auditor/report/compare-reports.ts";
import { readAuditReport } from "../../../services/auditor/report/read-report.ts";
import { someAudit } from "../some-audit.ts";

const report = auditReport(someAudit());

describe("two reports", () => {
  it("of the same findings are the same, also when one comes from a file", () => {
    const other = readAuditReport(encodeAuditReport(report));

    expect(compareReports(report, other)).toEqual([]);
    expect(comparisonText([], other)).toContain("the same");
  });

  it("of two chains differ in what the chain told, by name", () => {
    const told = { historyHash: `0x${"99".repeat(32)}`, lastBlock: 71 };
    const differences = compareReports(report, auditReport(someAudit(told)));

    expect(differences.map(({ path }) => path)).toEqual(["lastBlock", "historyHash"]);
    expect(comparisonText(differences, report)).toContain("lastBlock: here 70, there 71");
  });

  it("of one project at two blocks are the same when nothing happened between them", () => {
    const readAt = { ...someAudit().readAt, block: 85, hash: `0x${"89".repeat(32)}` };
    const later = { events: 2, rounds: [] };
    const other = auditReport(someAudit({ readAt, later }));

    expect(compareReports(report, other)).toEqual([]);
    expect(comparisonText([], other)).toContain("read at block 85");
  });

  it("of one block that has two hashes differ in it", () => {
    const readAt = { ...someAudit().readAt, hash: `0x${"89".repeat(32)}` };
    const differences = compareReports(report, auditReport(someAudit({ readAt })));

    expect(differences.map(({ path }) => path)).toEqual(["readAt.hash"]);
  });

  it("name the check that one of them has not made, wherever it stands", () => {
    const [first, ...others] = someAudit().checks;
    const checks = [...others, { ...(first as NonNullable<typeof first>), isPassed: false }];
    const paths = compareReports(report, auditReport(someAudit({ checks }))).map(
      ({ path }) => path,
    );

    expect(paths).toEqual(["counts.passed", "counts.failed", "checks.verifying-key.result"]);
  });

  it.each(["", "{}", '{"format":"commonweight-audit/2"}', encodeAuditReport(report).slice(1)])(
    "are not made of another file: %j",
    (text) => {
      expect(() => readAuditReport(text)).toThrow(expect.objectContaining({ code: "CW4604" }));
    },
  );
});
