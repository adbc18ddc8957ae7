import { expect, it, vi } from "vitest";
import type { Chain } from "../../../services/adapters/chain/connect.ts";
import {
  createProjectFiles,
  uploadPlaces,
} from "../../../services/aggregator/server/project-files.ts";

const [ACCOUNT, OWNER, TOKEN] = ["aa", "bb", "cc"].map((byte) => `0x${byte.repeat(20)}`) as [
  string,
  string,
  string,
];
const log = vi.hoisted(() => ({ searches: 0, models: [] as { cid: string }[], isAway: false }));
vi.mock("../../../services/adapters/chain/projects/project.ts", () => ({
  readProject: async (_chain: unknown, projectId: bigint) => ({
    owner: OWNER,
    terms: {
      aggregators: projectId === 2n ? [] : [ACCOUNT],
      ...{ parameterCount: 10, rewardToken: TOKEN },
    },
  }),
}));
vi.mock("../../../services/adapters/chain/projects/project-posting.ts", () => ({
  readPosting: async () => {
    log.searches++;
    if (log.isAway) throw new Error("the node is away");
    return { manifestCid: "manifest" };
  },
}));
vi.mock("../../../services/adapters/chain/rounds/published-models.ts", () => ({
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

it("wants nothing of projects that the account does not work for", async () => {
  log.models = [{ cid: "model" }];
  const ask = (serving: { tokens?: string[]; owners?: string[] }) =>
    createProjectFiles({
      ...{ chain: {} as Chain, account: ACCOUNT, serving },
      contentStore: { has: async () => false, put: async () => "" },
    })
      .want(1n, "model")
      .then(
        () => "wanted",
        (error: { code?: string }) => error.code,
      );

  expect(await ask({ tokens: [TOKEN], owners: [OWNER] })).toBe("wanted");
  expect(await ask({ tokens: [OWNER] })).toBe("CW5014");
  expect(await ask({ owners: [TOKEN] })).toBe("CW5014");
});

it("reads few uploads at a time, of one address fewer, and no more than fit into memory together", async () => {
  const places = uploadPlaces();
  const ends: (() => void)[] = [];
  const upload = (address: string, maxBytes: number) =>
    places.hold(address, maxBytes, () => new Promise<void>((resolve) => ends.push(resolve)));
  const refused = { code: "CW5013" };
  const mebibytes = 2 ** 20;

  const first = upload("one", 300 * mebibytes);
  await expect(upload("two", 1)).rejects.toMatchObject(refused);
  ends.shift()?.();
  await first;
  const under = [upload("one", 100 * mebibytes), upload("one", 100 * mebibytes)];
  await expect(upload("one", 1)).rejects.toMatchObject(refused);
  await expect(upload("two", 100 * mebibytes)).rejects.toMatchObject(refused);
  for (let index = 0; index < 6; index++) under.push(upload(`other ${index}`, 1));
  await expect(upload("last", 1)).rejects.toMatchObject(refused);
  for (const end of ends) end();
  await Promise.all(under);
  expect(under).toHaveLength(8);
});
