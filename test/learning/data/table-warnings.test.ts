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

  it("name a column that counts the rows, whatever it is called", () => {
    const counted = rows.map(([, ...rest], i) => [i + 7, ...rest] as const);
    const turned = counted.with(3, counted[4] as never).with(4, counted[3] as never);

    expect(warningsOf(counted)).toEqual([expect.stringContaining('"x" counts the rows')]);
    expect(warningsOf(turned)).toEqual([]);
    expect(warningsOf(counted.slice(0, 9))).toEqual([]);
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
