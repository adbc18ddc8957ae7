import { beforeEach, expect, it, vi } from "vitest";
import { runReferee } from "../../../services/owner/referee/referee-service.ts";
import type { RefereeSettings } from "../../../services/owner/referee/referee-settings.ts";
import { eventually } from "../../eventually.ts";

/** What the chain says, what measuring a model does, and what the referee did. */
const world = vi.hoisted(() => ({
  phase: "",
  evaluate: async (_signal: AbortSignal): Promise<void> => {},
  bounds: undefined as object | undefined,
  done: [] as string[],
}));
vi.mock("../../../services/adapters/chain/projects/project.ts", () => ({
  readProject: async () => ({
    phase: world.phase,
    nextRoundIndex: 1,
  }),
}));
vi.mock("../../../services/adapters/chain/rounds/round.ts", () => ({
  readRound: async () => ({ isOpen: world.phase === "reveal", phase: "reveal", roundIndex: 0 }),
}));
vi.mock("../../../services/adapters/chain/rpc/block-news.ts", () => ({
  openBlockNews: () => ({
    until: () => new Promise((resolve) => setTimeout(resolve, 1)),
    close: () => {},
  }),
}));
vi.mock("../../../services/owner/referee/open-referee.ts", () => ({
  openReferee: async () => ({
    ...{ terms: { aggregators: [] }, sets: {}, close: async () => world.done.push("closed") },
    manifest: { training: { bounds: world.bounds } },
  }),
}));
vi.mock("../../../services/owner/referee/referee-models.ts", () => ({
  openRefereeModels: (_: unknown, { signal }: { signal: AbortSignal }) => ({
    keep: async () => {},
    evaluate: () => world.evaluate(signal),
  }),
}));
vi.mock("../../../services/owner/referee/make-references.ts", () => ({
  createReferenceMaker: () => async () => world.done.push("offered"),
}));
vi.mock("../../../services/owner/referee/release-references.ts", () => ({
  createReferenceRelease: () => async () => world.done.push("released"),
}));
vi.mock("../../../services/learning/data/assess-reference-sets.ts", () => ({
  assessReferenceLabels: async () => ({ findings: [] }),
}));

beforeEach(() => {
  world.done = [];
  world.bounds = undefined;
});

async function refereeUntil(enough: () => boolean): Promise<unknown[]> {
  const stop = new AbortController();
  const failures: unknown[] = [];
  const settings = { projectId: 1n, signal: stop.signal } as RefereeSettings;
  const running = runReferee(settings, (event) => {
    if (event.type === "failed") failures.push((event as { message?: unknown }).message);
  });
  await eventually(() => expect(enough()).toBe(true));
  stop.abort();
  await running;
  expect(world.done.at(-1)).toBe("closed");
  return failures;
}
const did = (what: string, times: number) => () =>
  world.done.filter((each) => each === what).length >= times;

it.each([
  [
    "nobody serves",
    (signal: AbortSignal) =>
      new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve())),
  ],
  ["is no good", () => Promise.reject(new Error("no model"))],
])("releases its keys although a model %s that it would measure", async (what, evaluate) => {
  world.phase = "reveal";
  world.evaluate = evaluate;

  const failures = await refereeUntil(did("released", 3));

  expect(new Set(failures)).toEqual(new Set(what === "is no good" ? ["no model"] : []));
});

it("plans no round before the last model was measured, where measurements decide how it is trained", async () => {
  world.phase = "idle";
  world.bounds = {};
  const before: string[][] = [];
  world.evaluate = async () => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    before.push([...world.done]);
  };

  await refereeUntil(did("offered", 1));
  expect(before[0]).not.toContain("offered");
});

it("plans them with what there is, where an earlier model cannot be measured any more", async () => {
  world.phase = "idle";
  world.bounds = {};
  world.evaluate = () => Promise.reject(new Error("no model"));

  expect(new Set(await refereeUntil(did("offered", 2)))).toEqual(new Set(["no model"]));
});

it("has measured all models when the project has ended", async () => {
  world.phase = "ended";
  let failuresLeft = 2;
  world.evaluate = async () => {
    if (failuresLeft-- > 0) throw new Error("no model yet");
    world.done.push("measured");
  };

  await refereeUntil(did("closed", 1));
  expect(world.done).toEqual(["measured", "closed"]);
});
