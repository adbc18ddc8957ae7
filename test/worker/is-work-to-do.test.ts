import { expect, it } from "vitest";
import type { Project } from "../../services/adapters/chain/projects/project.ts";
import type { RoundPhase } from "../../services/protocol/market/phases.ts";
import { isWorkToDo } from "../../services/worker/project-worker.ts";
import type { Work } from "../../services/worker/work-store.ts";

const project = (phase: RoundPhase) =>
  ({ projectId: 1n, phase, nextRoundIndex: 3 }) as unknown as Project;
const storeOf = (...stages: Work["stage"][]) => ({
  list: () => stages.map((stage, roundIndex) => ({ stage, roundIndex }) as Work),
});

it("a trainer has nothing to do between rounds, once it has written down what became of its work", () => {
  expect(isWorkToDo(project("idle"), storeOf())).toBe(false);
  expect(isWorkToDo(project("idle"), storeOf("settled", "lost"))).toBe(false);
  expect(isWorkToDo(project("idle"), storeOf("settled", "lost", "released"))).toBe(true);
});

it.each(["commit", "reveal", "settle", "overdue", "ended"] as const)(
  "a trainer looks at a project in phase %s",
  (phase) => {
    expect(isWorkToDo(project(phase), storeOf("settled"))).toBe(true);
  },
);
