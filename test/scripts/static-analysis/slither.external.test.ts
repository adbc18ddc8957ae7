import { describe, expect, it } from "vitest";
import { isSlitherInstalled, runSlither } from "../../../scripts/static-analysis/run-slither.ts";

describe.runIf(isSlitherInstalled())("Slither over the contracts", () => {
  it("finds nothing that was not read before", () => {
    const findings = runSlither();

    // No findings at all would mean that it did not look.
    expect(findings.length).toBeGreaterThan(10);
    expect(findings.filter(({ reviewed }) => reviewed === undefined)).toEqual([]);
  }, 300_000);
});
