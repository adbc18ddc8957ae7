import { expect, it } from "vitest";
import { csvDataset } from "../../services/learning/data/csv-dataset.ts";
import { nameSome } from "../../services/learning/name-some.ts";

const numbered = (count: number) => Array.from({ length: count }, (_, k) => `v${k}`);

it("names what there is, and how many more", () => {
  expect(nameSome([])).toBe("");
  expect(nameSome(["a", "b"])).toBe("a, b");
  expect(nameSome(numbered(20))).toMatch(/v19$/);
  expect(nameSome(numbered(21))).toMatch(/, v19 and 1 more$/);
  expect(nameSome(["x".repeat(41)])).toBe(`${"x".repeat(39)}…`);
});

it("a project of ten thousand classes and words refuses a table in a message that can be read", () => {
  const classes = numbered(10_000).map((name) => name.padEnd(100, "x"));
  const categories = { colour: numbered(200) };
  const refused = () =>
    csvDataset("colour,label\nred,penguin\n", { classes, categories, targetColumn: "label" });

  expect(refused).toThrow(/^table: .*v19 and 180 more.*classes are v0x.*and 9980 more$/);
  expect(refused).toThrow(
    expect.objectContaining({ message: expect.stringMatching(/^.{0,1500}$/) }),
  );
});
