import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isNothingLost } from "../../bench/faults/count-losses.ts";
import { FAULT_KINDS, FAULT_PAIRS } from "../../bench/faults/fault-kinds.ts";
import { writeFaultReport } from "../../bench/faults/fault-report.ts";

const nothing = {
  roundsSettled: 10,
  voidByRule: 1,
  roundsGivenUp: 0,
  settledTwice: 0,
  updatesRead: 40,
  updatesLost: 0,
  updatesMissed: 2,
  bondsForfeitedWei: "0",
  stakesSlashed: 0,
  trainersExpelled: 0,
  escrowLeftWei: "0",
};

describe("the bench of faults", () => {
  it("calls nothing lost when nobody lost work, money or standing", () => {
    expect(isNothingLost(nothing)).toBe(true);
  });

  it.each([
    { settledTwice: 1 },
    { updatesLost: 1 },
    { bondsForfeitedWei: "1" },
    { stakesSlashed: 1 },
    { trainersExpelled: 1 },
    { escrowLeftWei: "1" },
  ])("calls %o a loss", (loss) => {
    expect(isNothingLost({ ...nothing, ...loss })).toBe(false);
  });

  it("knows each kind and each pair by a name of its own", () => {
    const names = [...FAULT_KINDS, ...FAULT_PAIRS].map(({ name }) => name);

    expect(new Set(names).size).toBe(names.length);
    expect(FAULT_PAIRS).toHaveLength(25);
  });

  it("writes its report between the markers, in place of the last one, and nowhere else", () => {
    const folder = mkdtempSync(join(tmpdir(), "commonweight report "));
    const page = join(folder, "page.md");
    try {
      writeFileSync(page, "before\n<!-- faults -->\nold\n<!-- /faults -->\nafter\n");
      writeFaultReport(page, "new");
      writeFaultReport(page, "newer");
      expect(readFileSync(page, "utf8")).toBe(
        "before\n<!-- faults -->\n\nnewer\n<!-- /faults -->\nafter\n",
      );
      writeFileSync(page, "no markers");
      expect(() => writeFaultReport(page, "lost")).toThrow(RangeError);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
