import { expect, it } from "vitest";
import type { Project } from "../../../services/adapters/chain/projects/project.ts";
import { ProjectLooks } from "../../../services/aggregator/projects/project-looks.ts";

const look = (projectId: bigint, time: number) => ({ project: { projectId } as Project, time });

it("a project to which something happened during the look, or after it, has to be looked at alone until the next look", () => {
  const looks = new ProjectLooks();

  looks.begin();
  looks.outdate(1n);
  for (const projectId of [1n, 2n, 3n]) looks.add(look(projectId, 10));
  looks.outdate(2n);

  expect(looks.find(1n)).toBeUndefined();
  expect(looks.find(2n)).toBeUndefined();
  expect(looks.find(3n)).toMatchObject({ time: 10 });

  looks.begin();
  expect(looks.find(3n)).toBeUndefined();
  looks.add(look(1n, 20));

  expect(looks.find(1n)).toMatchObject({ time: 20 });
});
