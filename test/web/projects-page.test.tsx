// @vitest-environment happy-dom
import { afterEach, expect, test, vi } from "vitest";
import type { Connection } from "../../web/connection.ts";
import { ProjectsPage } from "../../web/pages/projects.tsx";
import { type Rendered, render } from "./render.tsx";

const COUNT = 60;

vi.mock("../../services/adapters/chain/projects/project.ts", () => ({
  countProjects: async () => COUNT,
  readProjects: async (_: unknown, firstId: bigint, limit: number) =>
    Array.from({ length: limit }, (_each, i) => ({
      ...{ projectId: firstId + BigInt(i), owner: `0x${"11".repeat(20)}`, phase: "ended" },
      ...{ appliedRounds: 3, escrowWei: 0n, nextRoundIndex: 3 },
      terms: { rewardToken: "0x", ruleId: 1, parameterCount: 34, rounds: 3, budgetPerRoundWei: 1n },
    })),
}));

let page: Rendered;
afterEach(() => page.close());

test("a market of many projects begins with the newest, and shows older ones when asked", async () => {
  // Charts, pay and titles ask a node of their own, which is away here: the list does without them.
  const connection = {
    chain: {},
    settings: { gateway: "http://127.0.0.1:1" },
    unit: async () => ({ symbol: "ETH", decimals: 18 }),
  } as unknown as Connection;
  page = await render(<ProjectsPage connection={connection} />);
  await page.shows(/The newest 50 of 60 projects/);
  expect(page.text()).toContain("Project 60");
  expect(page.text()).not.toContain("Project 10t");

  await page.click("Show older ones");
  await page.shows(/Project 10trust.*Project 1trust/);
  expect(page.text()).not.toContain("Show older ones");
});
