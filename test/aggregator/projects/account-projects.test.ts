import { expect, it, vi } from "vitest";
import {
  AccountProjects,
  type AccountProjectsParts,
} from "../../../services/aggregator/projects/account-projects.ts";
import { begunProjects } from "../../../services/aggregator/store/begun-projects.ts";
import { openRoundStore } from "../../../services/aggregator/store/round-store.ts";

const [ACCOUNT, OTHER, TOKEN] = ["aa", "bb", "cc"].map((byte) => `0x${byte.repeat(20)}`);
const market = vi.hoisted(() => ({ projects: [] as object[] }));
vi.mock("../../../services/aggregator/projects/due-projects.ts", () => ({
  readDueProjects: async function* () {
    yield* market.projects;
  },
}));

const MODEST = { aggregatorBondWei: 1n, budgetPerRoundWei: 1n, rounds: 1 };

it("serves the projects that name its account, and says of all others that it does not", async () => {
  const project = (
    projectId: bigint,
    aggregator: string | undefined,
    rewardToken = TOKEN,
    terms = MODEST,
  ) => ({
    ...{ projectId, phase: "idle", owner: OTHER },
    terms: { aggregators: [OTHER, aggregator], rewardToken, ...terms },
    bondsWei: [0n, 0n],
  });
  market.projects = [
    project(1n, ACCOUNT?.toUpperCase().replace("0X", "0x")),
    project(2n, TOKEN),
    project(3n, ACCOUNT, OTHER),
    project(4n, ACCOUNT, TOKEN, { ...MODEST, aggregatorBondWei: 2n }),
  ];
  const engines: bigint[] = [];
  const projects = new AccountProjects({
    ...{ chain: { account: ACCOUNT }, head: { read: async () => ({ time: 1 }) } },
    ...{ serving: { tokens: [TOKEN] }, say: () => {}, begun: new Map() },
    newEngine: (projectId: bigint) => {
      engines.push(projectId);
      return {};
    },
  } as unknown as AccountProjectsParts);

  expect([1n, 2n, 3n].map((each) => projects.refusalOf(each))).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
  await projects.look();

  expect(engines).toEqual([1n]);
  expect([1n, 2n, 3n, 4n, 5n].map((each) => projects.refusalOf(each))).toEqual([
    undefined,
    "its aggregators are others",
    `it pays in ${OTHER}`,
    "it wants a bond of 2, and has 1 for all of its rounds",
    undefined,
  ]);
  expect(projects.listNewest(50).map(({ projectId }) => projectId)).toEqual([4n, 3n, 1n]);
  expect(projects.listNewest(1).map(({ projectId }) => projectId)).toEqual([4n]);
});

it("goes on with a project that it had begun and that has ended meanwhile, until that is done, and with no other that is over", async () => {
  const ended = (projectId: bigint) => ({
    ...{ projectId, phase: "ended", owner: OTHER },
    terms: { aggregators: [ACCOUNT], rewardToken: TOKEN },
  });
  const store = openRoundStore(":memory:", { append: () => {}, read: () => [] });
  const begun = begunProjects(store);
  begun.set(1n, true);
  const engines: bigint[] = [];
  const start = async () => {
    const projects = new AccountProjects({
      ...{ chain: { account: ACCOUNT }, head: { read: async () => ({ time: 1 }) } },
      ...{ serving: {}, say: () => {}, begun, signal: new AbortController().signal },
      guarded: { run: async (_: bigint, work: () => Promise<void>) => work() },
      newEngine: (projectId: bigint) => {
        engines.push(projectId);
        return { step: async () => false, reported: async () => {} };
      },
    } as unknown as AccountProjectsParts);
    await projects.look();
    projects.beginSteps();
    await projects.ended();
  };
  market.projects = [ended(1n), ended(2n)];

  for (let time = 0; time < 2; time++) await start();

  expect(engines).toEqual([1n]);
  store.close();
});
