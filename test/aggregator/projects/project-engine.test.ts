import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { requireCircuitFiles } from "../../../services/adapters/artifacts/circuit-artifacts.ts";
import { readKeyRecords } from "../../../services/adapters/artifacts/key-records.ts";
import { ProjectEngine } from "../../../services/aggregator/projects/project-engine.ts";

const ACCOUNT = `0x${"ab".repeat(20)}`;

/** An engine of a project that waits for its aggregator's bond; whatever it sends fails the test. */
function engineBefore(requireKey: () => Promise<void>, named = ACCOUNT) {
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
  const project = { projectId: 1n, phase: "idle", terms, bondsWei: [0n], nextRoundIndex: 0 };
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
