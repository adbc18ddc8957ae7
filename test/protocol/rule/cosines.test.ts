import { expect, it } from "vitest";
import { gramMatrix } from "../../../services/protocol/gram/gram-matrix.ts";
import { cosines } from "../../../services/protocol/rule/cosines.ts";

it("are 1 along, -1 against, 0 across, and 0 beside nothing, whatever the lengths", () => {
  const slots = [
    [3, 4],
    [-30_000, 0],
    [0, 7],
    [6, 8],
    [0, 0],
  ].map((entries) => Int16Array.from(entries));

  const found = cosines(gramMatrix(slots), [0, 1, 2, 3, 4]);

  const rounded = found.map((row) => row.map((each) => Number(each.toFixed(6)) + 0));
  expect(rounded[0]).toEqual([1, -0.6, 0.8, 1, 0]);
  expect(rounded[1]).toEqual([-0.6, 1, 0, -0.6, 0]);
  expect(rounded[4]).toEqual([0, 0, 0, 0, 0]);
});

it("are of the slots that were asked for, in their order", () => {
  const slots = [Int16Array.of(1, 0), null, Int16Array.of(-1, 0)];

  expect(cosines(gramMatrix(slots), [2, 0])).toEqual([
    [1, -1],
    [-1, 1],
  ]);
});
