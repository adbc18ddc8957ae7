import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import { requireCircuitFiles } from "../../../services/adapters/artifacts/circuit-artifacts.ts";
import { readKeyRecords } from "../../../services/adapters/artifacts/key-records.ts";
import { ProjectEngine } from "../../../services/aggregator/projects/project-engine.ts";
import { ModelKeeper } from "../../../services/aggregator/round/model-keeper.ts";

const ACCOUNT = `0x${"ab".repeat(20)}`;

/** An engine of a project that waits for its aggregator's bond; whatever it sends fails the test. */
function engineBefore(requireKey: () => Promise<void>, named = ACCOUNT, phase = "idle") {
  const deposited: bigint[] = [];
  const parameters = {
    chain: { account: ACCOUNT },
    store: { findReferences: () => undefined },
    alerts: { set: () => undefined },
    deposits: {
      deposit: async ({ amountWei }: { amountWei: bigint }) => deposited.push(amountWei),
    },
    requireKey,
  };
  const terms = { aggregators: [named], aggregatorBondWei: 5n, ruleId: 1, slots: 32 };
  const project = { projectId: 1n, phase, terms, bondsWei: [0n], nextRoundIndex: 0 };
  const engine = new ProjectEngine(parameters as never, 1n);
  return { step: () => engine.step({ project, time: 0 } as never), deposited };
}

describe("an aggregator without a project's proving key", () => {
  it("puts up no bond, which it would forfeit for the first round it cannot prove", async () => {
    const { step, deposited } = engineBefore(() => Promise.reject(new Error("no key")));

    await expect(step()).rejects.toThrow("no key");
    expect(deposited).toEqual([]);
  });

  it("is told how the key is made, by name", async () => {
    const folder = await mkdtemp(join(tmpdir(), "commonweight keys "));
    const url = pathToFileURL(`${folder}/`);
    await writeFile(join(folder, "keys.json"), JSON.stringify(await readKeyRecords()));
    const look = () => requireCircuitFiles(1, 32, url);

    await expect(look()).rejects.toMatchObject({
      code: "CW2100",
      message: expect.stringContaining("npm run circuits -- trust-32"),
    });
    await writeFile(join(folder, "trust-32.wasm.gz"), "");
    await expect(look()).rejects.toMatchObject({ code: "CW2100" });
    await writeFile(join(folder, "trust-32.zkey.gz"), "");
    await expect(look()).resolves.toBeUndefined();
    await rm(folder, { recursive: true });
  });
});

it("does not work on a project that names others", async () => {
  const { step, deposited } = engineBefore(async () => undefined, `0x${"cd".repeat(20)}`);

  await expect(step()).rejects.toMatchObject({ code: "CW5000" });
  expect(deposited).toEqual([]);
});

describe("the last model of a project that has ended", () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  /** The steps of an engine that finds the model from a look on; Infinity for never. */
  function looking(foundFrom: number) {
    vi.useFakeTimers({ toFake: ["performance"] });
    const keep = vi.spyOn(ModelKeeper.prototype, "keep");
    keep.mockImplementation(async () => ({
      done: Promise.resolve(keep.mock.calls.length >= foundFrom),
    }));
    return { keep, ...engineBefore(async () => undefined, ACCOUNT, "ended") };
  }

  it("is looked for once when it is there", async () => {
    const { step, keep } = looking(1);

    expect(await step()).toBe(false);
    expect(keep).toHaveBeenCalledTimes(1);
  });

  it("is looked for again after a minute, when whoever made it was away", async () => {
    const { step, keep } = looking(2);

    expect([await step(), await step()]).toEqual([true, true]);
    expect(keep).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(60_000);
    expect(await step()).toBe(false);
  });

  it("is given up after an hour", async () => {
    const { step, keep } = looking(Number.POSITIVE_INFINITY);

    let isAlive = true;
    for (let minute = 0; isAlive && minute < 100; minute++) {
      isAlive = await step();
      vi.advanceTimersByTime(60_000);
    }
    expect(keep).toHaveBeenCalledTimes(61);
  });
});
