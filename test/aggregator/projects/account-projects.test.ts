import { expect, it, vi } from "vitest";
import {
  AccountProjects,
  type AccountProjectsParts,
} from "../../../services/aggregator/projects/account-projects.ts";

const [ACCOUNT, OTHER, TOKEN] = ["aa", "bb", "cc"].map((byte) => `0x${byte.repeat(20)}`);
const market = vi.hoisted(() => ({ projects: [] as object[] }));
vi.mock("../../../services/aggregator/projects/due-projects.ts", () => ({
  readDueProjects: async function* () {
    yield* market.projects;
  },
}));

it("serves the projects that name its account, and says of all others that it does not", async () => {
  const project = (projectId: bigint, aggregator: string | undefined, rewardToken = TOKEN) => ({
    ...{ projectId, phase: "idle", owner: OTHER },
    terms: { aggregators: [OTHER, aggregator], rewardToken },
  });
  market.projects = [
    project(1n, ACCOUNT?.toUpperCase().replace("0X", "0x")),
    project(2n, TOKEN),
    project(3n, ACCOUNT, OTHER),
  ];
  const engines: bigint[] = [];
  const projects = new AccountProjects({
    ...{ chain: { account: ACCOUNT }, head: { read: async () => ({ time: 1 }) } },
    ...{ serving: { tokens: [TOKEN] }, say: () => {} },
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
  expect([1n, 2n, 3n, 4n].map((each) => projects.refusalOf(each))).toEqual([
    undefined,
    "its aggregators are others",
    `it pays in ${OTHER}`,
    undefined,
  ]);
  expect(projects.listNewest(50).map(({ projectId }) => projectId)).toEqual([3n, 1n]);
  expect(projects.listNewest(1).map(({ projectId }) => projectId)).toEqual([3n]);
});
