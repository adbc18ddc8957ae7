import { describe, expect, it } from "vitest";
import { isGreen, summaryLines } from "../../../scripts/test/tally.ts";

const suite = (name: string, passed: number, failed: number) => ({
  name,
  passed,
  failed,
  notes: [],
});

describe("summary of a run", () => {
  it("ends with the sum over all suites", () => {
    const results = [suite("solidity", 12, 0), suite("typescript", 30, 2)];

    expect(summaryLines(results).at(-1)).toBe("42 passed, 2 failed");
    expect(isGreen(results)).toBe(false);
  });

  it("is green when everything passed", () => {
    expect(isGreen([suite("solidity", 1, 0)])).toBe(true);
  });

  it("counts a suite that ran no test as a failure", () => {
    const results = [suite("solidity", 0, 0), suite("typescript", 3, 0)];

    expect(summaryLines(results).at(-1)).toBe("3 passed, 1 failed");
    expect(isGreen(results)).toBe(false);
  });

  it("counts a run without suites as a failure", () => {
    expect(summaryLines([]).at(-1)).toBe("0 passed, 1 failed");
    expect(isGreen([])).toBe(false);
  });
});
