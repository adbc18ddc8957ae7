import { describe, expect, it } from "vitest";
import { readSteps, showsLine } from "../../../examples/market-by-hand/read-steps.ts";

const FENCE = "```";
const page = (...lines: string[]) => lines.join("\n");

describe("the steps of a page", () => {
  it("are its blocks in their terminals, with what they print", () => {
    const steps = readSteps(
      page(
        "# A page",
        `${FENCE}sh test=test/market/tutorial.long.test.ts`,
        "# Every terminal: the folder",
        "cd market",
        FENCE,
        `${FENCE}sh illustrative: not to be typed`,
        "rm everything",
        FENCE,
        `${FENCE}sh test=test/market/tutorial.long.test.ts`,
        "# Terminal 3, left running: the aggregator",
        "commonweight aggregator run",
        FENCE,
        "It prints:",
        `${FENCE}text`,
        "11:04:16  serving",
        "…",
        FENCE,
      ),
    );

    expect(steps).toEqual([
      {
        line: 2,
        terminal: "every",
        isLeftRunning: false,
        script: "# Every terminal: the folder\ncd market",
        shows: [],
      },
      {
        line: 9,
        terminal: 3,
        isLeftRunning: true,
        script: "# Terminal 3, left running: the aggregator\ncommonweight aggregator run",
        shows: ["11:04:16  serving"],
      },
    ]);
  });

  it("name their terminal", () => {
    const nameless = page(`${FENCE}sh test=test/market/tutorial.long.test.ts`, "ls", FENCE);

    expect(() => readSteps(nameless)).toThrow("line 1: the block does not name its terminal");
  });
});

describe("a printed line", () => {
  it.each([
    ["11:04:16  serving at 0xabcdef12", "23:59:01  serving at 0x0123456789"],
    ["accuracy  97.1 %", "accuracy  100.0 %"],
    ["paid 0.1 WNATIVE", "paid 1 WNATIVE"],
    ["wrote …/audit.json", "wrote /home/me/audit.json"],
    ["a  b", "  a b "],
  ])("%j is shown by %j", (shown, printed) => {
    expect(showsLine(shown, printed)).toBe(true);
  });

  it.each([
    ["3 of 4 accepted", "4 of 4 accepted"],
    ["rejected", "accepted"],
    ["no check failed: 72 passed", "no check failed: 72 passed, 1 skipped"],
    ["round 0 (paid)", "round 0 paid"],
  ])("%j is not shown by %j", (shown, printed) => {
    expect(showsLine(shown, printed)).toBe(false);
  });
});
