import { describe, expect, it } from "vitest";
import { csvDataset } from "../../services/learning/data/csv-dataset.ts";
import { describeTable, tableData } from "../../services/learning/data/describe-table.ts";
import { parseCsv } from "../../services/learning/data/formats/csv.ts";
import { learningErrors } from "../../services/learning/errors.ts";
import { dataSchema } from "../../services/protocol/manifest/manifest-training.ts";

/** Names that every JavaScript object has; the first is a column of every table about motor racing. */
const NAMES = ["constructor", "toString", "hasOwnProperty", "valueOf"];

const tableWith = (column: string, cells: readonly string[]) =>
  [
    `${column},colour,label`,
    ...cells.map((cell, row) => `${cell},${row % 2 === 0 ? "red" : "blue"},${row % 2}`),
  ].join("\n");

/** What an owner's table becomes once a manifest has gone around the world. */
function samplesOf(text: string) {
  const made = tableData(describeTable(parseCsv(text)));
  const { table, classes } = dataSchema.parse(JSON.parse(JSON.stringify(made)));
  return csvDataset(text, { ...table, targetColumn: table?.target, classes });
}

describe("a column with a name that every object has", () => {
  it.each(NAMES)("is a column of numbers like any other: %s", async (name) => {
    const dataset = samplesOf(tableWith(name, ["1.5", "2", "3", "4"]));

    expect(dataset.inputShape).toEqual([3]);
    expect((await dataset.readBatch([0])).inputs[0]).toBe(1.5);
  });

  it.each(NAMES)("may have gaps: %s", async (name) => {
    const dataset = samplesOf(tableWith(name, ["", "2", "3", "4"]));

    expect((await dataset.readBatch([0])).inputs[0]).toBe(3);
  });

  it.each(NAMES)("may be of words: %s", (name) => {
    expect(samplesOf(tableWith(name, ["a", "b", "a", "b"])).inputShape).toEqual([4]);
  });
});

it("a column that JSON cannot name is refused, with its place", () => {
  expect(() => parseCsv(tableWith("__proto__", ["1", "2", "3", "4"]))).toThrow(
    expect.objectContaining({
      code: learningErrors.dataMalformed.code,
      message: expect.stringContaining('column 1 is called "__proto__"'),
    }),
  );
});
