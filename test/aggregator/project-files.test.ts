import { expect, it, vi } from "vitest";
import type { Chain } from "../../services/adapters/chain/connect.ts";
import { createProjectFiles } from "../../services/aggregator/project-files.ts";

const ACCOUNT = `0x${"aa".repeat(20)}`;
const log = vi.hoisted(() => ({ searches: 0, models: [] as { cid: string }[], isAway: false }));
vi.mock("../../services/adapters/chain/project.ts", () => ({
  readProject: async (_chain: unknown, projectId: bigint) => ({
    terms: { aggregators: projectId === 2n ? [] : [ACCOUNT], parameterCount: 10 },
  }),
}));
vi.mock("../../services/adapters/chain/project-posting.ts", () => ({
  readPosting: async () => {
    log.searches++;
    if (log.isAway) throw new Error("the node is away");
    return { manifestCid: "manifest" };
  },
}));
vi.mock("../../services/adapters/chain/published-models.ts", () => ({
  readModels: async () => log.models,
}));

it("searches the chain's log for a project's files once, for anybody may ask, and again while they are not there", async () => {
  const files = createProjectFiles({
    ...{ chain: {} as Chain, account: ACCOUNT },
    contentStore: { has: async () => false, put: async () => "" },
  });
  const ask = (cid: string, projectId = 1n) =>
    files.want(projectId, cid).then(
      () => "wanted",
      (error: { code?: string }) => error.code,
    );

  expect(await ask("manifest", 2n)).toBe("CW5006");
  expect(log.searches).toBe(0);
  log.isAway = true;
  expect(await ask("manifest")).toBeUndefined();
  log.isAway = false;
  // The node is behind with its log: it does not know the model yet.
  expect(await ask("model")).toBe("CW5006");
  expect(log.searches).toBe(2);
  log.models = [{ cid: "model" }, { cid: "later" }];
  expect(await ask("model")).toBe("wanted");
  expect(await Promise.all(Array.from({ length: 30 }, () => ask("manifest")))).toEqual(
    Array(30).fill("wanted"),
  );
  expect(await ask("later")).toBe("CW5006");
  expect(log.searches).toBe(3);
});
