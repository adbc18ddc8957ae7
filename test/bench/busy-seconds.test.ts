import { expect, it } from "vitest";
import { busySeconds } from "../../bench/flower/busy-seconds.ts";

it.each([
  [[], 0],
  [[[1, 3]], 2],
  [
    [
      [5, 6],
      [1, 3],
      [2, 4],
    ],
    4,
  ],
  [
    [
      [1, 9],
      [2, 3],
      [9, 10],
    ],
    9,
  ],
] as const)("counts the seconds of %j once: %d", (pieces, seconds) => {
  expect(busySeconds(pieces)).toBe(seconds);
});
