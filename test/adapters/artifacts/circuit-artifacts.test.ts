import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  readCircuitArtifacts,
  readVerifyingKey,
} from "../../../services/adapters/artifacts/circuit-artifacts.ts";
import {
  KEY_FOLDER,
  readKeyRecord,
  readKeyRecords,
} from "../../../services/adapters/artifacts/key-records.ts";

describe("files of circuits", () => {
  let folder: string;
  let url: URL;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "commonweight-keys-"));
    url = pathToFileURL(`${folder}/`);
    await copyFile(new URL("keys.json", KEY_FOLDER), join(folder, "keys.json"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("come with the repository for the trust rule of 8 and 16 slots, as their manifest says", async () => {
    for (const slots of [8, 16]) {
      const { wasm, provingKey } = await readCircuitArtifacts(1, slots);

      expect([...wasm.slice(0, 4)]).toEqual([0, 97, 115, 109]);
      expect(new TextDecoder().decode(provingKey.slice(0, 4))).toBe("zkey");
      expect(await readVerifyingKey(1, slots)).toMatchObject({ protocol: "groth16" });
    }
  });

  it("are labelled as development keys, whose secret is public", async () => {
    const records = await readKeyRecords();

    expect(records.length).toBeGreaterThanOrEqual(2);
    for (const record of records) {
      expect(record.isDevelopment).toBe(true);
      expect(record.label).toContain("not for real money");
    }
  });

  it("are missed by name", async () => {
    await expect(readKeyRecord(77, 8)).rejects.toMatchObject({ code: "CW2100" });
    await expect(readCircuitArtifacts(1, 8, url)).rejects.toMatchObject({
      code: "CW2100",
      message: expect.stringContaining("trust-8"),
    });
    await rm(join(folder, "keys.json"));
    await expect(readKeyRecords(url)).rejects.toMatchObject({ code: "CW2100" });
  });

  it("are refused when they are others, or damaged", async () => {
    // The key of 16 slots under the name of that for 8.
    await copyFile(new URL("trust-16.wasm.gz", KEY_FOLDER), join(folder, "trust-8.wasm.gz"));
    await copyFile(new URL("trust-8.zkey.gz", KEY_FOLDER), join(folder, "trust-8.zkey.gz"));
    await expect(readCircuitArtifacts(1, 8, url)).rejects.toMatchObject({ code: "CW2101" });

    const whole = await readFile(new URL("trust-8.wasm.gz", KEY_FOLDER));
    await writeFile(join(folder, "trust-8.wasm.gz"), whole.subarray(0, 1000));
    await expect(readCircuitArtifacts(1, 8, url)).rejects.toMatchObject({ code: "CW2101" });
  });
});
