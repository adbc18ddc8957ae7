import { afterAll, beforeAll, expect, it } from "vitest";
import { learningErrors } from "../../services/learning/errors.ts";
import { CommonweightError } from "../../services/protocol/errors.ts";
import { workOnProject } from "../../services/worker/project-worker.ts";
import type {
  ProjectWorkerParameters,
  WorkerEvent,
} from "../../services/worker/project-worker-parameters.ts";
import { openWorkStore } from "../../services/worker/work-store.ts";
import { workerLine } from "../../services/worker/worker-lines.ts";
import { type PlayedMarket, startPlayedMarket } from "../cli/played-market.ts";

const COMMIT_SECONDS = 600;
let market: PlayedMarket;
beforeAll(async () => {
  market = await startPlayedMarket({ commitSeconds: COMMIT_SECONDS });
});
afterAll(() => market.stop());

it("a failure while the phase lasts is a failure, and a worker that is stopped is not late", async () => {
  const { projectId } = market;
  const workStore = openWorkStore(":memory:");
  const events: WorkerEvent[] = [];
  const stop = new AbortController();
  const parameters = {
    ...{ chain: market.of("trainer-1"), workStore, isRelayed: false },
    ...{ relayedAtMs: new Map(), idleSinceMs: new Map(), signal: stop.signal },
    onEvent: (event: WorkerEvent) => events.push(event),
    makeUpdate: async () => {
      stop.abort();
      throw new CommonweightError(learningErrors.cancelled);
    },
  } as Partial<ProjectWorkerParameters> as ProjectWorkerParameters;
  await market.openNext();

  await expect(workOnProject(parameters, projectId)).rejects.toMatchObject({ code: "CW3006" });

  expect(events.map(({ type }) => type)).toEqual(["training"]);
  workStore.close();
});

it("training ends with the commit phase, which is said, and is not begun again in that round", async () => {
  const { projectId } = market;
  const chain = market.of("trainer-1");
  const workStore = openWorkStore(":memory:");
  const events: WorkerEvent[] = [];
  let trainings = 0;
  const parameters = {
    ...{ chain, workStore, isRelayed: false },
    ...{ relayedAtMs: new Map(), idleSinceMs: new Map() },
    onEvent: (event: WorkerEvent) => events.push(event),
    makeUpdate: async ({ signal, onProgress }) => {
      trainings += 1;
      onProgress?.(0.25);
      await chain.provider.send("evm_increaseTime", [COMMIT_SECONDS + 1]);
      await chain.provider.send("evm_mine", []);
      // As the built-in trainer and a program of one's own do.
      await new Promise((_, reject) => {
        signal?.addEventListener("abort", () =>
          reject(new CommonweightError(learningErrors.cancelled)),
        );
      });
      throw new Error("not reached");
    },
  } as Partial<ProjectWorkerParameters> as ProjectWorkerParameters;
  const isOpen = await workOnProject(parameters, projectId);
  await workOnProject(parameters, projectId);

  expect(isOpen).toBe(true);
  expect(trainings).toBe(1);
  expect(events.map(({ type }) => type)).toEqual(["training", "too-late"]);
  expect(workerLine(events[1] as WorkerEvent, () => "")).toMatch(
    /^project 1 round 0: stopped after .* s: the commit phase is over, and 25.0 % of the training was done/,
  );
  workStore.close();
});
