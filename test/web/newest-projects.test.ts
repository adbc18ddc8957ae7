import { describe, expect, test } from "vitest";
import { PROJECTS_AT_ONCE, readNewest } from "../../web/pages/newest-projects.ts";

async function readOf(count: number, most: number) {
  const asked: number[] = [];
  const ids = await readNewest({
    count,
    most,
    read: async (firstId, limit) => {
      asked.push(limit);
      return Array.from({ length: limit }, (_, i) => Number(firstId) + i);
    },
  });
  return { ids, asked };
}

describe("the newest projects of a market", () => {
  test.each([
    [0, 50, []],
    [1, 50, [1]],
    [3, 2, [2, 3]],
    [120, 50, Array.from({ length: 50 }, (_, i) => 71 + i)],
    [120, 500, Array.from({ length: 120 }, (_, i) => 1 + i)],
  ])("of %i the last %i", async (count, most, wanted) => {
    expect((await readOf(count, most)).ids).toEqual(wanted);
  });

  test("are never asked for in one question that a node would refuse", async () => {
    const { ids, asked } = await readOf(10_000, 1000);

    expect(Math.max(...asked)).toBe(PROJECTS_AT_ONCE);
    expect(new Set(ids).size).toBe(1000);
  });
});
