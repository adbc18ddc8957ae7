import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  applyBeacon,
  type CeremonyFiles,
  contribute,
  readTranscript,
  startCeremony,
  stepPath,
  verifyCeremony,
} from "../../../scripts/circuits/ceremony.ts";
import { developmentPtau } from "../../../scripts/circuits/development-ptau.ts";
import { DEVELOPMENT_SECRETS } from "../../../scripts/circuits/development-secrets.ts";
import { closeSnarkThreads } from "../../../services/adapters/snark/snark-threads.ts";
import { circuitFiles } from "../../circuits/circuit.ts";

describe("ceremony", () => {
  let root: string;
  let files: CeremonyFiles;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "commonweight-ceremony-"));
    files = {
      folder: join(root, "ceremony"),
      r1csPath: join(root, "circuit.r1cs"),
      powersPath: join(root, "powers.ptau"),
    };
    const { r1cs } = await circuitFiles("lib/Comparison.circom", "IsLess(8)");
    await writeFile(files.r1csPath, r1cs);
    await writeFile(files.powersPath, await developmentPtau(5, DEVELOPMENT_SECRETS));
    await startCeremony(files, { name: "is-less", sourceHash: "of this test" });
  });
  afterAll(async () => {
    await closeSnarkThreads();
    await rm(root, { recursive: true });
  });

  it("refuses a key to which nobody has contributed", async () => {
    expect(await verifyCeremony(files)).toContain("nobody has contributed");
  });

  it("accepts a key after two people and a beacon, with a transcript of what they publish", async () => {
    const first = await contribute(files.folder, { name: "Ada" });
    const second = await contribute(files.folder, { name: "Blaise", entropy: "dice: 4 1 6" });
    const beacon = await applyBeacon(files.folder, { valueHex: "00ff", iterationsExponent: 10 });

    expect(await verifyCeremony(files)).toBeNull();
    const { steps } = await readTranscript(files.folder);
    expect(steps.map(({ name }) => name)).toEqual(["initial key", "Ada", "Blaise", "beacon"]);
    expect(steps.slice(1)).toEqual([first, second, beacon]);
    expect(new Set(steps.map(({ hash }) => hash)).size).toBe(4);
  });

  it("refuses a beacon that is none", async () => {
    const notHex = { valueHex: "xyz", iterationsExponent: 10 };

    await expect(applyBeacon(files.folder, notHex)).rejects.toThrow(/not a beacon/);
  });

  it("refuses other powers, another circuit and a changed key", async () => {
    const others = join(root, "others.ptau");
    await writeFile(others, await developmentPtau(6, DEVELOPMENT_SECRETS));
    expect(await verifyCeremony({ ...files, powersPath: others })).toContain("another powers");

    const circuit = join(root, "other.r1cs");
    const { r1cs } = await circuitFiles("lib/Comparison.circom", "IsPositive(8)");
    await writeFile(circuit, r1cs);
    expect(await verifyCeremony({ ...files, r1csPath: circuit })).toContain("circuit has changed");

    const { steps } = await readTranscript(files.folder);
    await appendFile(stepPath(files.folder, steps.length - 1), "x");
    expect(await verifyCeremony(files)).toContain("not the transcript's");
    await expect(contribute(files.folder, { name: "Eve" })).rejects.toThrow(/transcript ends with/);
  });
});
