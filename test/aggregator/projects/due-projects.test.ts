import { expect, it } from "vitest";
import type { Chain } from "../../../services/adapters/chain/connect.ts";
import { readDueProjects } from "../../../services/aggregator/projects/due-projects.ts";

/** A market of so many projects that says which pages it was asked for. */
function marketOf(count: number) {
  const asked: number[] = [];
  const staticCalls: Record<string, (...args: never[]) => Promise<unknown>> = {
    projectCount: async () => BigInt(count),
    getProjects: async (first: bigint) => {
      asked.push(Number(first));
      return [];
    },
  };
  const getFunction = (name: string) => ({ staticCall: staticCalls[name] });
  return { chain: { market: { getFunction } } as unknown as Chain, asked };
}

async function pagesOf(count: number, options: Parameters<typeof readDueProjects>[1]) {
  const { chain, asked } = marketOf(count);
  for await (const project of readDueProjects(chain, options)) expect(project).toBeUndefined();
  return asked;
}

const never = () => false;
const always = () => true;

it("reads pages with a project at work or an unknown one, and all of them now and then", async () => {
  const seventieth = (projectId: bigint) => projectId === 70n;

  expect(await pagesOf(160, { look: 0, isAtWork: never, isKnown: always })).toEqual([
    1, 51, 101, 151,
  ]);
  expect(await pagesOf(160, { look: 1, isAtWork: seventieth, isKnown: always })).toEqual([51]);
  expect(
    await pagesOf(160, { look: 1, isAtWork: never, isKnown: (projectId) => projectId < 160n }),
  ).toEqual([151]);
  expect(await pagesOf(160, { look: 1, isAtWork: never, isKnown: always })).toEqual([]);
  expect(await pagesOf(160, { look: 20, isAtWork: never, isKnown: always })).toHaveLength(4);
});
