import { beforeEach, expect, it, vi } from "vitest";
import { workOnProject } from "../../services/worker/project-worker.ts";
import type { ProjectWorkerParameters } from "../../services/worker/project-worker-parameters.ts";
import type { Work } from "../../services/worker/work-store.ts";

const node = vi.hoisted(() => ({ phase: "idle", searches: 0, failure: undefined as unknown }));
vi.mock("../../services/adapters/chain/projects/project.ts", () => ({
  readProject: async () => ({
    ...{ projectId: 1n, phase: node.phase },
    nextRoundIndex: node.phase === "commit" ? 2 : 1,
  }),
}));
vi.mock("../../services/adapters/chain/projects/project-trainer.ts", () => ({
  readTrainer: async () => {
    throw new Error("no trainer");
  },
}));
vi.mock("../../services/adapters/chain/rounds/round.ts", () => ({
  readRound: async () => ({ isOpen: node.phase === "commit", roundIndex: 1, phase: node.phase }),
}));
vi.mock("../../services/adapters/chain/rounds/round-events.ts", () => ({
  readVoidedRounds: async () => [{ roundIndex: 0, reason: "abandoned" }],
}));
vi.mock("../../services/adapters/chain/rounds/settlements.ts", () => ({
  readSettlements: async () => {
    node.searches++;
    if (node.failure !== undefined) throw node.failure;
    return [];
  },
}));

/** A worker whose update of round 0 has come to its end. */
function workerAfterRound() {
  const stages: string[] = [];
  let work = { projectId: 1n, roundIndex: 0, stage: "released" } as Work;
  const parameters = {
    chain: { account: "0x01" },
    workStore: {
      list: () => [work],
      find: () => undefined,
      save: (saved: Work) => {
        work = saved;
      },
    },
    idleSinceMs: new Map(),
    onEvent: ({ type }: { type: string }) => stages.push(type),
  } as unknown as ProjectWorkerParameters;
  return { look: () => workOnProject(parameters, 1n), stages };
}

beforeEach(() => Object.assign(node, { phase: "idle", searches: 0, failure: undefined }));

it("what became of a round is looked for when the moment is over in which the next one opens", async () => {
  const { look, stages } = workerAfterRound();
  await look();
  expect(node.searches).toBe(0);

  await new Promise((resolve) => setTimeout(resolve, 510));
  await look();
  expect(stages).toEqual(["outcome"]);
});

it.each(["ended", "overdue"])("a project that is %s has no next one", async (phase) => {
  node.phase = phase;
  const { look, stages } = workerAfterRound();
  await look();

  expect(stages).toEqual(["outcome"]);
});

it("the next round does not wait for it, and what fails of either is said", async () => {
  node.phase = "commit";
  const { look, stages } = workerAfterRound();
  await expect(look()).rejects.toThrow("no trainer");
  expect(stages).toEqual(["outcome"]);

  node.failure = new Error("away");
  await expect(workerAfterRound().look()).rejects.toThrow("away");
});
