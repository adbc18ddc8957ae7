import { describe, expect, it, vi } from "vitest";
import type { Chain } from "../../services/adapters/chain/connect.ts";
import type { Project } from "../../services/adapters/chain/projects/project.ts";
import { findNewestProjects } from "../../services/worker/find-projects.ts";

const pages = vi.hoisted(() => [] as [bigint, number][]);
vi.mock("../../services/adapters/chain/projects/project.ts", () => ({
  readProjects: async (_chain: unknown, first: bigint, limit: number) => {
    pages.push([first, limit]);
    return Array.from({ length: limit }, (_, index) => ({ projectId: first + BigInt(index) }));
  },
}));

describe("the newest projects of a market", () => {
  const find = async (count: number, most: number, every = 1n) => {
    pages.length = 0;
    const { projects, older } = await findNewestProjects({} as Chain, {
      ...{ count, most },
      isWanted: async ({ projectId }: Project) => projectId % every === 0n,
      onProgress: () => {},
    });
    return { ids: projects.map(({ projectId }) => Number(projectId)), older };
  };

  it("are found from the last one on, and no more of them are read than it takes", async () => {
    expect(await find(5000, 3)).toEqual({ ids: [5000, 4999, 4998], older: 4997 });
    expect(pages).toEqual([[4981n, 20]]);
    expect(await find(45, 3, 20n)).toEqual({ ids: [40, 20], older: 0 });
    expect(pages).toEqual([
      [26n, 20],
      [6n, 20],
      [1n, 5],
    ]);
  });

  it("are all of them where there are few, and none in an empty market", async () => {
    expect(await find(3, 50)).toEqual({ ids: [3, 2, 1], older: 0 });
    expect(await find(3, 3)).toEqual({ ids: [3, 2, 1], older: 0 });
    expect(await find(0, 50)).toEqual({ ids: [], older: 0 });
    expect(pages).toEqual([]);
  });
});
