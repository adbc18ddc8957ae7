import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { subsetDataset } from "../../../services/learning/data/dataset.ts";
import { readMnist } from "../../../services/learning/data/mnist.ts";
import { openDataset } from "../../../services/learning/data/open-dataset.ts";
import { logisticRegression } from "../../../services/learning/model-spec.ts";
import { privacyLedgerFile } from "../../../services/learning/privacy/privacy-ledger-file.ts";
import { seededBytes } from "../../../services/learning/random.ts";
import { calibrateProject } from "../../../services/learning/training/calibrate-project.ts";
import { initialiseParameters } from "../../../services/learning/training/initialise.ts";
import { prepareUpdate } from "../../../services/learning/training/prepare-update.ts";
import { trainLocally } from "../../../services/learning/training/train-locally.ts";
import { difference } from "../../../services/learning/training/vector.ts";

describe("calibrateProject", () => {
  test("chooses numbers under which honest updates are neither clipped, saturated nor slashed", async () => {
    const model = logisticRegression({ features: 784, classes: 10 });
    const hyperparameters = {
      optimiser: "sgd",
      learningRate: 0.1,
      batchSize: 32,
      epochs: 1,
    } as const;
    const data = subsetDataset(
      await readMnist("train"),
      Array.from({ length: 2000 }, (_, i) => i),
    );

    const calibration = await calibrateProject({
      model,
      hyperparameters,
      data,
      trainers: 5,
      partition: { kind: "dirichlet", alpha: 0.5 },
      seed: "1",
    });

    expect(calibration.fractionBits).toBeGreaterThanOrEqual(12);
    expect(calibration.ditherBits).toBeGreaterThanOrEqual(2);
    expect(calibration.referenceSteps).toBe(39);
    const parameters = initialiseParameters(model);
    const dataset = subsetDataset(
      data,
      Array.from({ length: 400 }, (_, i) => i),
    );
    const trained = await trainLocally({ model, parameters, dataset, hyperparameters, seed: "2" });
    const prepared = prepareUpdate({
      delta: difference(trained.parameters, parameters),
      ...calibration,
      randomBytes: seededBytes("1"),
    });
    expect(prepared).toMatchObject({ isClipped: false, saturatedEntries: 0 });
    // Even a delta ten times too long ends below the bound, because it is clipped first.
    const long = difference(trained.parameters, parameters).map((value) => 10 * value);
    const { update } = prepareUpdate({
      delta: long,
      ...calibration,
      normBoundSquared: undefined,
      randomBytes: seededBytes("1"),
    });
    const normSquared = BigInt(update.reduce((sum, entry) => sum + entry * entry, 0));
    expect(normSquared).toBeLessThan(calibration.normBoundSquared);
  });
});

describe("privacyLedgerFile", () => {
  test("keeps what was written, and tells a missing file from an unreadable one", async () => {
    const folder = await mkdtemp(join(tmpdir(), "ledger-"));
    const storage = privacyLedgerFile(join(folder, "ledger.json"));

    expect(await storage.read()).toBeNull();
    await storage.write("one");
    await storage.write("two");
    expect(await storage.read()).toBe("two");
    await expect(privacyLedgerFile(folder).read()).rejects.toMatchObject({ code: "CW3202" });
    await rm(folder, { recursive: true });
  });
});

describe("openDataset", () => {
  test("takes disjoint parts of data files", async () => {
    const folder = await mkdtemp(join(tmpdir(), "parts-"));
    const source = join(folder, "data.csv");
    await writeFile(
      source,
      `x,class\n${Array.from({ length: 20 }, (_, i) => `${i},${i % 2}`).join("\n")}\n`,
    );

    const parts = await Promise.all(
      [0, 1].map((index) => openDataset({ source, part: { index, of: 2 } })),
    );

    const values = await Promise.all(
      parts.map(async (part) => [
        ...(await part.readBatch(Array.from({ length: part.size }, (_, i) => i))).inputs,
      ]),
    );
    expect(values.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    await expect(openDataset({ source: join(folder, "none.csv") })).rejects.toMatchObject({
      code: "CW3101",
    });
    await rm(folder, { recursive: true });
  });
});
