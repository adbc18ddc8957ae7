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
    expect(comparisonText([])).toContain("the same");
  });

  it("of two chains differ in what the chain told, by name", () => {
    const told = { historyHash: `0x${"99".repeat(32)}`, lastBlock: 71 };
    const differences = compareReports(report, auditReport(someAudit(told)));

    expect(differences.map(({ path }) => path)).toEqual(["lastBlock", "historyHash"]);
    expect(comparisonText(differences)).toContain("lastBlock: here 70, there 71");
  });

  it("name the check that one of them has not made, wherever it stands", () => {
    const [first, ...others] = someAudit().checks;
    const checks = [...others, { ...(first as NonNullable<typeof first>), isPassed: false }];
    const paths = compareReports(report, auditReport(someAudit({ checks }))).map(
      ({ path }) => path,
    );

    expect(paths).toEqual(["counts.passed", "counts.failed", "checks.verifying-key.result"]);
  });

  it.each(["", "{}", '{"format":"commonweight-audit/1"}', encodeAuditReport(report).slice(1)])(
    "are not made of another file: %j",
    (text) => {
      expect(() => readAuditReport(text)).toThrow(expect.objectContaining({ code: "CW4604" }));
    },
  );
});
