import { describe, expect, it } from "vitest";
import { describeTable, tableData } from "../../../services/learning/data/describe-table.ts";
import { tableWarnings } from "../../../services/learning/data/table-warnings.ts";
import { parseManifest } from "../../../services/protocol/manifest/manifest.ts";
import { MANIFEST } from "../../protocol/manifest/manifest-case.ts";

/** Rows of the columns x, seen, label. */
function warningsOf(rows: readonly (readonly [number, string, string])[]): string[] {
  const table = {
    header: ["x", "seen", "label"],
    rows: rows.map(([x, seen, label]) => [String(x), seen, label]),
  };
  return tableWarnings(table, describeTable(table));
}
const rows = Array.from(
  { length: 40 },
  (_, i) => [Math.sin(i), i % 3 === 0 ? "day" : "night", i % 2 === 0 ? "yes" : "no"] as const,
);

describe("warnings of a table", () => {
  it("are none for one that is as it should be", () => {
    expect(warningsOf(rows)).toEqual([]);
  });

  it("name a column that is the class under another name", () => {
    const leaking = rows.map(([x, , label]) => [x, label === "yes" ? "1" : "0", label] as const);

    expect(warningsOf(leaking)).toEqual([expect.stringContaining('Column "seen" tells the class')]);
  });

  it("do not take rare values for the class: few rows may have one class by chance", () => {
    const rare = rows.map(([x, , label], i) => [x, `town ${i >> 1}`, label] as const);

    expect(warningsOf(rare)).toEqual([]);
  });

  it("name classes that differ in case only", () => {
    const mixed = rows.map(
      ([x, seen], i) => [x, seen, i % 2 === 0 ? "Yes" : i < 20 ? "yes" : "no"] as const,
    );

    expect(warningsOf(mixed)).toEqual([expect.stringContaining('"Yes", "yes" differ in case')]);
  });

  it.each([
    ["counts the rows", (i: number) => i + 7],
    ["numbers people in another order", (i: number) => 1000 + ((i * 17) % 40)],
    ["numbers some of a few more", (i: number) => -3 * i],
  ])("name a column that %s, whatever it is called", (_, numberOf) => {
    const counted = rows.map(([, ...rest], i) => [numberOf(i), ...rest] as const);

    expect(warningsOf(counted)).toEqual([
      expect.stringContaining('"x" has another whole number in each row'),
    ]);
    expect(warningsOf(counted.slice(0, 10))).toEqual([]);
  });

  it.each([
    ["twice the same", (i: number) => (i === 3 ? 4 : i)],
    ["a fraction", (i: number) => (i === 3 ? 3.5 : i)],
    ["large ones, which are hardly ever equal", (i: number) => 97 * i],
  ])("take no measurement for a numbering: %s", (_, numberOf) => {
    expect(warningsOf(rows.map(([, ...rest], i) => [numberOf(i), ...rest] as const))).toEqual([]);
  });

  it.each([
    [
      "counts that differ by powers of ten",
      1.5,
      [/^Column "x" reaches from .* Its logarithm would/],
    ],
    ["incomes, of which few are many times the others", 0.5, []],
  ])("name %s when a model sees them as one value", (_, tail, expected) => {
    const heavy = Array.from({ length: 400 }, (_row, i) => {
      const below = (((i * 17) % 400) + 0.5) / 400;
      return [(below / (1 - below)) ** tail, i % 3 ? "a" : "b", i % 2 ? "yes" : "no"] as const;
    });

    expect(warningsOf(heavy)).toEqual(expected.map((text) => expect.stringMatching(text)));
  });

  it("name a value that is a slip, with its row", () => {
    const slip = rows.map(([x, ...rest], i) => [i === 6 ? 1e12 : x, ...rest] as const);

    expect(warningsOf(slip)).toEqual([
      expect.stringMatching(/^Column "x" has 1000000000000 in row 7, while half/),
    ]);
  });
});

it("columns of large numbers, as times in milliseconds are, make a manifest", () => {
  const table = {
    header: ["at", "label"],
    rows: rows.map(([, , label], i) => [String(1.7e12 + 3.1e9 * i), label]),
  };
  const data = tableData(describeTable(table));
  const layers = [{ kind: "dense" as const, units: 2 }];
  const model = { kind: "layers" as const, inputShape: [1], layers, seed: "1" };

  expect(
    parseManifest({ ...MANIFEST, model, data }).data.normalisation?.deviation[0],
  ).toBeGreaterThan(1e10);
});
