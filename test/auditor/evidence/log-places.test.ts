import { expect, it } from "vitest";
import { findMisplaced, type PlacedLog } from "../../../services/auditor/evidence/log-places.ts";

const log = (index: number, transactionIndex: number, changes: Partial<PlacedLog> = {}) => ({
  ...{ address: "0xa", topics: [], data: "0x", blockNumber: 7, blockHash: "0xb" },
  ...{ index, transactionIndex, transactionHash: `0x${transactionIndex}` },
  ...changes,
});
const chain = [
  log(0, 0),
  log(1, 0),
  log(4, 1),
  log(0, 0, { blockNumber: 8, transactionHash: "0x9" }),
];

it("finds nothing in logs as a chain has them, in whatever order they are told", () => {
  expect(findMisplaced(chain)).toBeUndefined();
  expect(findMisplaced([...chain].reverse())).toBeUndefined();
});

it.each([
  ["a log that is told twice", log(1, 0), "log 1 of block 7 is told twice"],
  ["another log at the same place", log(4, 1, { data: "0x01" }), "log 4 of block 7 is told twice"],
  ["a log behind those of a later transaction", log(5, 0), "comes before one of an earlier"],
  [
    "a log of another transaction at the same place",
    log(5, 1, { transactionHash: "0x5" }),
    "log 5",
  ],
  ["a transaction in two blocks", log(3, 3, { blockNumber: 9, transactionHash: "0x1" }), "block 9"],
])("names %s", (_, lie, words) => {
  expect(findMisplaced([...chain, lie])).toContain(words);
});
