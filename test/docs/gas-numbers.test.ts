import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";

const read = (path: string) => readFileSync(join(repositoryRoot, path), "utf8");
const snapshot = <T>(name: string) =>
  JSON.parse(read(`test/integration/snapshots/${name}.json`)) as T;
const page = read("docs/performance.md").replaceAll("**", "");
const row = (cells: readonly (string | number)[]) =>
  `| ${cells.map((cell) => cell.toLocaleString("en-US")).join(" | ")} |`;

/** Rows of the page, and the steps of the snapshot that they are about. */
const MARKET_ROWS = [
  ["open a round", /: open a round$/, "gas"],
  ["submit one update", /: submit one update$/, "gas"],
  ["submit all updates, signed, in one batch: each", /in one batch$/, "perTrainer"],
  ["settle, pay credited", /: settle \d+ trainers, credited$/, "gas"],
  [
    "settle, pay credited, and open the next round, in one transaction",
    /: settle \d+ trainers, credited, and open the next round$/,
    "gas",
  ],
  [
    "settle, and transfer the pay of four rounds to accounts that never had any",
    /: settle \d+ trainers, and transfer/,
    "gas",
  ],
] as const;

describe("the gas that the performance page tells", () => {
  it("is what the snapshots have of the verifier", () => {
    const measured = snapshot<Readonly<Record<string, number>>[]>("round-verifier-gas");

    expect(measured).toHaveLength(3);
    for (const figures of measured) expect(page).toContain(row(Object.values(figures)));
  });

  it.each(MARKET_ROWS)("is what the snapshots have of: %s", (name, step, figure) => {
    const measured = snapshot<{ step: string; gas: number; perTrainer: number }[]>("market-gas");
    const gas = ["8 slots", "16 slots", "32 slots"].map(
      (slots) =>
        measured.find((each) => each.step.startsWith(slots) && step.test(each.step))?.[figure],
    );

    expect(page).toContain(row([name, ...(gas as number[])]));
  });
});
