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

  it("is what the snapshots have of booking together", () => {
    const measured = snapshot<{ step: string; gas: number }[]>("market-gas");
    const figures = measured.filter(({ step }) => / unbatched| batched|on average/.test(step));
    const [, table = ""] = page.split("| | unbatched | batched |");

    expect(figures).toHaveLength(4);
    for (const { step, gas } of figures) {
      expect(table.split("\n\n")[0], step).toContain(gas.toLocaleString("en-US"));
    }
  });

  it("goes where the tables say: what they add up to is what a settlement takes", () => {
    const settle = snapshot<{ step: string; gas: number }[]>("market-gas").find(({ step }) =>
      /^16 slots: settle \d+ trainers, credited$/.test(step),
    )?.gas as number;
    const numbersOf = (head: string) => {
      const [, table = ""] = page.split(`${head}\n`);
      const [rows = ""] = table.split("\n\n");
      return [...rows.matchAll(/^\| ([^|]+) \| ([\d,]+) \|/gm)].map(([, name = "", gas = ""]) => ({
        name,
        gas: Number(gas.replaceAll(",", "")),
      }));
    };
    const parts = numbersOf("| what | gas | less of it would take |");
    const steps = numbersOf("| the market's own steps | gas |");
    const sum = (list: readonly { gas: number }[]) => list.reduce((all, { gas }) => all + gas, 0);
    const gasOf = (part: string) => parts.find(({ name }) => name.startsWith(part))?.gas as number;

    // Each number is rounded to hundreds.
    expect(Math.abs(gasOf("together") - settle)).toBeLessThan(300);
    expect(sum(parts) - gasOf("together")).toBe(gasOf("together"));
    expect(Math.abs(sum(steps) - gasOf("the market's own steps"))).toBeLessThan(300);
    const floor = [
      "precompiles",
      "words of the tr",
      "words of the pr",
      "calldata",
      "the transaction",
    ];
    expect(page).toContain(
      `add up to ${floor.reduce((all, part) => all + gasOf(part), 0).toLocaleString("en-US")} in`,
    );
  });

  it("is beside the constraints that the kept circuits have", () => {
    const circuits = JSON.parse(read("circuits/keys/keys.json")) as {
      name: string;
      constraints: number;
    }[];
    const constraints = [8, 16, 32].map(
      (slots) => circuits.find(({ name }) => name === `trust-${slots}`)?.constraints as number,
    );

    constraints.forEach((count, i) => {
      expect(page).toMatch(
        new RegExp(`^\\| ${8 << i} \\| \\d+ \\| ${count.toLocaleString("en-US")} \\|`, "m"),
      );
    });
  });
});
