import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeNpz } from "../../../services/adapters/model-export/numpy.ts";
import { openDataFiles } from "../../../services/learning/data/open-data-files.ts";
import { projectDataset } from "../../../services/learning/data/project-dataset.ts";
import {
  convolutionalNetwork,
  type LayeredModelSpec,
  logisticRegression,
  multilayerPerceptron,
} from "../../../services/learning/model-spec.ts";
import type { Hyperparameters } from "../../../services/learning/training/hyperparameters.ts";
import { initialiseParameters } from "../../../services/learning/training/initialise.ts";
import { trainExternally } from "../../../services/learning/training/train-externally.ts";
import { trainLocally } from "../../../services/learning/training/train-locally.ts";
import { difference, dot, norm } from "../../../services/learning/training/vector.ts";
import { hasPackages, python } from "../../python.ts";
import { encodeIdx } from "../encode-idx.ts";

const SAMPLES = 24;
const sgd = { optimiser: "sgd", learningRate: 0.1 } as const;
const everySetting = { momentum: 0.9, weightDecay: 0.01, proximal: 0.1 };

const models: [name: string, model: LayeredModelSpec, settings: Partial<Hyperparameters>][] = [
  ["logistic", logisticRegression({ features: 48, classes: 3 }), sgd],
  ["mlp", multilayerPerceptron({ features: 48, hidden: [9], classes: 3, seed: "1" }), sgd],
  [
    "cnn",
    convolutionalNetwork({ inputShape: [1, 6, 8], filters: [3], classes: 3, seed: "2" }),
    { ...sgd, ...everySetting },
  ],
  [
    "every kind of layer and activation",
    {
      kind: "layers",
      inputShape: [1, 6, 8],
      layers: [
        { kind: "conv2d", filters: 4, kernelSize: 3, stride: 2, padding: 2, activation: "tanh" },
        { kind: "max-pool2d", size: 3 },
        { kind: "flatten" },
        { kind: "dense", units: 7, activation: "sigmoid" },
        { kind: "dense", units: 3 },
      ],
      seed: "3",
    },
    { optimiser: "adam", learningRate: 0.01, ...everySetting, momentum: 0 },
  ],
];

describe.skipIf(!hasPackages("torch", "numpy"))(
  "the trainer in PyTorch [needs python3 with PyTorch and NumPy, or CW_PYTHON]",
  () => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "pytorch-trainer-"));
    });
    afterAll(() => rm(folder, { recursive: true }));

    async function trainBoth(
      model: LayeredModelSpec,
      options: { dataPath: string; classes: string[]; settings: Partial<Hyperparameters> },
    ) {
      const { dataPath, classes, settings } = options;
      const { inputShape } = model;
      const data = { inputShape: [...inputShape], classes, normalisation };
      const job = {
        ...{ model, parameters: initialiseParameters(model), roundIndex: 3, seed: "1" },
        // All samples in every batch: their order, which is each program's own, does not matter.
        hyperparameters: { ...sgd, batchSize: 100, epochs: 20, ...settings },
      };
      const theirs = await trainExternally({
        ...{ command: `${python} "${resolve("examples/trainers/pytorch/train.py")}"` },
        ...{ jobFolder: join(folder, "job"), timeoutMs: 170_000, memoryMb: 4000 },
        environment: { PATH: process.env.PATH ?? "" },
        job: { ...job, data, dataPath, projectId: "7" },
      });
      const opened = await openDataFiles(dataPath, { classes, inputShape });
      const ours = await trainLocally({ ...job, dataset: projectDataset(opened, data) });
      expect(theirs.metrics).toMatchObject({ samples: SAMPLES });
      return {
        theirs: difference(theirs.parameters, job.parameters),
        ours: difference(ours.parameters, job.parameters),
      };
    }

    const normalisation = { mean: [0.25], deviation: [0.5] };
    const labels = Int32Array.from(
      { length: SAMPLES },
      (_, i) => [5, 9, 2][(5 * i + (i >> 2)) % 3] as number,
    );

    it.each(models)("takes the same 20 steps as ours: %s", async (_name, model, settings) => {
      const dataPath = join(folder, "samples.npz");
      const values = Float32Array.from({ length: SAMPLES * 48 }, (_, i) => ((i * 7) % 11) / 5 - 1);
      await writeFile(
        dataPath,
        encodeNpz([
          { name: "x", shape: [SAMPLES, ...model.inputShape], values },
          { name: "y", shape: [SAMPLES], values: labels },
        ]),
      );

      // Called by numbers that are no places.
      const classes = ["2", "5", "9"];
      const { theirs, ours } = await trainBoth(model, { dataPath, classes, settings });

      expect(norm(ours)).toBeGreaterThan(0.1);
      expect(norm(difference(theirs, ours)) / norm(ours)).toBeLessThan(1e-4);
      expect(dot(theirs, ours) / (norm(theirs) * norm(ours))).toBeGreaterThan(0.999999);
    });

    it("turns images around that have their channels last, as ours does", async () => {
      const dataPath = join(folder, "turned.npz");
      const values = Float32Array.from({ length: SAMPLES * 90 }, (_, i) => ((i * 7) % 11) / 5 - 1);
      await writeFile(
        dataPath,
        encodeNpz([
          { name: "x", shape: [SAMPLES, 5, 6, 3], values },
          { name: "y", shape: [SAMPLES], values: labels },
        ]),
      );
      const options = { inputShape: [3, 5, 6], filters: [2], classes: 3, seed: "2" } as const;

      const { theirs, ours } = await trainBoth(convolutionalNetwork(options), {
        ...{ dataPath, classes: ["2", "5", "9"], settings: sgd },
      });

      expect(norm(ours)).toBeGreaterThan(0.1);
      expect(norm(difference(theirs, ours)) / norm(ours)).toBeLessThan(1e-4);
    });

    it("reads MNIST's files as ours, in places of classes whose names are no numbers", async () => {
      const pixels = Uint8Array.from({ length: SAMPLES * 48 }, (_, i) => (i * 29) % 256);
      const places = Uint8Array.from(labels, (label) => [2, 5, 9].indexOf(label));
      await writeFile(
        join(folder, "train-images-idx3-ubyte"),
        encodeIdx({ shape: [SAMPLES, 6, 8], values: pixels }),
      );
      await writeFile(
        join(folder, "train-labels-idx1-ubyte"),
        encodeIdx({ shape: [SAMPLES], values: places }),
      );
      const model = logisticRegression({ features: 48, classes: 3 });

      const { theirs, ours } = await trainBoth(model, {
        ...{ dataPath: folder, classes: ["two", "five", "nine"], settings: sgd },
      });

      expect(norm(ours)).toBeGreaterThan(0.1);
      expect(norm(difference(theirs, ours)) / norm(ours)).toBeLessThan(1e-4);
    });
  },
);
