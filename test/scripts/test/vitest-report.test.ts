import { describe, expect, it } from "vitest";
import { countVitestReport } from "../../../scripts/test/vitest-report.ts";

const file = (name: string, statuses: string[], status = "passed") => ({
  name,
  status,
  assertionResults: statuses.map((each) => ({ status: each })),
});

describe("countVitestReport", () => {
  it("adds up the files", () => {
    const report = {
      success: false,
      testResults: [file("a", ["passed", "passed"]), file("b", ["passed", "failed"], "failed")],
    };

    expect(countVitestReport("typescript", report)).toMatchObject({ passed: 3, failed: 1 });
  });

  it("counts a file that could not be loaded as one failure", () => {
    const report = {
      success: false,
      testResults: [file("a", ["passed"]), file("b", [], "failed")],
    };

    expect(countVitestReport("typescript", report)).toMatchObject({ passed: 1, failed: 1 });
  });

  it("counts a file whose tests are all skipped as one failure", () => {
    const report = { success: true, testResults: [file("a", ["skipped", "pending"])] };

    const result = countVitestReport("typescript", report);
    expect(result).toMatchObject({ passed: 0, failed: 1 });
    expect(result.notes.join()).toContain("2 skipped");
  });

  it("names a skipped test of something external as not run, but counts its load failure", () => {
    const skipped = file("a.external.test.ts", ["skipped"]);
    const result = countVitestReport("typescript", { success: true, testResults: [skipped] });
    expect(result).toMatchObject({ passed: 0, failed: 0 });
    expect(result.notes).toContain("not run here: a.external.test.ts");

    const broken = file("a.external.test.ts", [], "failed");
    const report = { success: false, testResults: [broken] };
    expect(countVitestReport("typescript", report)).toMatchObject({ passed: 0, failed: 1 });
  });

  it("counts an error outside of the tests as one failure", () => {
    const report = { success: false, testResults: [file("a", ["passed"])] };

    expect(countVitestReport("typescript", report)).toMatchObject({ passed: 1, failed: 1 });
  });
});
