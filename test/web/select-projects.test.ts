import { describe, expect, test } from "vitest";
import type { Project } from "../../services/adapters/chain/projects/project.ts";
import { selectProjects } from "../../web/pages/projects.tsx";

const project = (projectId: bigint) =>
  ({
    project: { projectId, owner: "0xabc", terms: { ruleId: 1 }, phase: "idle", escrowWei: 1n },
    token: { symbol: "ETH", decimals: 18 },
  }) as unknown as { project: Project; token: never };

describe("the list's search", () => {
  const listed = [project(1n), project(2n)];
  const titles = new Map([[2n, "Grades of Crops"]]);
  const found = (search: string) =>
    selectProjects(listed, { search, state: "all", order: "newest" }, titles).map((each) =>
      Number(each.project.projectId),
    );

  test.each([
    ["crops", [2]],
    ["trust", [2, 1]],
    ["1", [1]],
    ["nothing", []],
  ])("%j finds %j", (search, ids) => {
    expect(found(search)).toEqual(ids);
  });
});
