import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../../../services/adapters/content-store/memory-store.ts";
import { putManifest } from "../../../services/adapters/dag-json/manifest-store.ts";
import { getRoundJob, putRoundJob } from "../../../services/adapters/dag-json/round-job-store.ts";
import { checkRoundJobs } from "../../../services/auditor/checks/check-round-jobs.ts";
import { MANIFEST } from "../../protocol/manifest/manifest-case.ts";

const store = createMemoryStore();
const manifestCid = await putManifest(store, MANIFEST);
const check = async (jobCid: string) => {
  const jobs = [{ roundIndex: 4, jobCid }];
  return (await checkRoundJobs(store, { manifestCid, jobs }))[0];
};
const text = (value: unknown) =>
  store.put(new TextEncoder().encode(JSON.stringify(value)), { codec: "dag-json" });

describe("a round's job", () => {
  it("comes back as it was announced", async () => {
    const job = { version: 1, learningRate: 0.05 } as const;

    expect(await getRoundJob(store, await putRoundJob(store, job))).toEqual(job);
  });

  it("passes the audit within the owner's bounds", async () => {
    expect(await check(await putRoundJob(store, { version: 1, learningRate: 0.05 }))).toEqual({
      name: "round job 4",
      isPassed: true,
      detail: "learning rate 0.05, epochs 1: within the owner's bounds",
    });
  });

  it("fails the audit outside of them, and when it is no job", async () => {
    const outside = await check(await putRoundJob(store, { version: 1, learningRate: 0.5 }));
    expect(outside).toMatchObject({ isPassed: false, detail: expect.stringContaining("CW3004") });
    for (const value of [{ version: 2 }, { version: 1, steps: 3 }, { version: 1, epochs: -1 }, 7]) {
      const failed = await check(await text(value));
      expect(failed).toMatchObject({ isPassed: false, detail: expect.stringContaining("CW1220") });
    }
  });

  it("is not judged when nobody has it", async () => {
    const elsewhere = await putRoundJob(createMemoryStore(), { version: 1, epochs: 2 });

    expect(await check(elsewhere)).toMatchObject({ isPassed: null });
  });
});
