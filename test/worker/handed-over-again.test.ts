import { expect, it, vi } from "vitest";
import type { Project } from "../../services/adapters/chain/projects/project.ts";
import { workOnProject } from "../../services/worker/project-worker.ts";
import type { ProjectWorkerParameters } from "../../services/worker/project-worker-parameters.ts";
import { openWorkStore } from "../../services/worker/work-store.ts";

const handed = vi.hoisted(() => ({ to: [] as string[], refusing: "" }));
const project = {
  ...{ projectId: 1n, phase: "commit", nextRoundIndex: 1 },
  terms: { aggregators: ["primary", "standby", "third"] },
} as unknown as Project;
vi.mock("../../services/adapters/chain/projects/project.ts", () => ({
  readProject: async () => project,
}));
vi.mock("../../services/adapters/chain/projects/project-trainer.ts", () => ({
  readTrainer: async () => ({ status: "active", rosterIndex: 0 }),
}));
vi.mock("../../services/adapters/chain/rounds/round.ts", () => ({
  readRound: async () => ({
    ...{ isOpen: true, roundIndex: 0, phase: "commit", commitClosesAt: 1000 },
    ...{ pendingMask: 1n, eligibleMask: 1n },
  }),
}));
vi.mock("../../services/adapters/chain/connect.ts", () => ({ chainTime: async () => 1 }));
vi.mock("../../services/adapters/chain/sign.ts", () => ({ signUpdate: async () => "0x" }));
vi.mock("../../services/adapters/chain/projects/known-endpoints.ts", () => ({
  endpointOf: async (_: unknown, account: string) => account,
  forgetEndpoint: () => {},
}));
vi.mock("../../services/adapters/aggregator-client.ts", () => ({
  postUpdate: async (endpoint: string) => {
    if (endpoint === handed.refusing) throw new Error("away");
    handed.to.push(endpoint);
  },
}));

it("an update that an aggregator took and kept is handed to the others, too", async () => {
  const workStore = openWorkStore(":memory:");
  workStore.save({
    ...{ projectId: 1n, roundIndex: 0, stage: "prepared", releasedTo: [], bundleCid: "bundle" },
    ...{ commitment: { x: 1n, y: 2n }, blinding: 3n, contentKey: new Uint8Array(32) },
  });
  const relayedAtMs = new Map<string, number>();
  const look = () =>
    workOnProject(
      {
        chain: { account: `0x${"11".repeat(20)}` },
        ...{ contentStore: {}, workStore, isRelayed: true, relayedAtMs, idleSinceMs: new Map() },
        onEvent: () => {},
      } as unknown as ProjectWorkerParameters,
      1n,
    );

  await look();
  await look();
  expect(handed.to).toEqual(["primary"]);

  // The primary has had it for longer than relaying takes, and the chain does not have it.
  relayedAtMs.set("1/0", performance.now() - 60_000);
  handed.refusing = "standby";
  await look();
  expect(handed.to).toEqual(["primary", "primary", "third"]);
  workStore.close();
});
