import { expect, it } from "vitest";
import { memoryDataset } from "../../../services/learning/data/dataset.ts";
import {
  convolutionalNetwork,
  type LayeredModelSpec,
  multilayerPerceptron,
} from "../../../services/learning/model-spec.ts";
import {
  batchEffort,
  requireComputable,
} from "../../../services/learning/training/batch-effort.ts";
import { initialiseParameters } from "../../../services/learning/training/initialise.ts";
import { trainLocally } from "../../../services/learning/training/train-locally.ts";

it("a dense layer multiplies each weight once, forth and twice back, for each sample", () => {
  const model = multilayerPerceptron({ features: 20, hidden: [30], classes: 5, seed: "0" });
  const { multiplications } = batchEffort(model, 7);

  expect(multiplications).toBe(3 * 7 * (20 * 30 + 30 * 5));
});

it("a convolution multiplies each weight at each place of its output", () => {
  const model = convolutionalNetwork({
    ...{ inputShape: [1, 8, 8], filters: [4], classes: 2, seed: "0" },
  });

  expect(batchEffort(model, 1).multiplications).toBe(3 * (4 * 9 * 8 * 8 + 4 * 4 * 4 * 2));
});

it("what a million parameters are trained with in practice is taken", () => {
  const model = multilayerPerceptron({ features: 784, hidden: [1000], classes: 200, seed: "0" });

  expect(() => requireComputable(model, 4096)).not.toThrow();
});

const huge = (units: number): LayeredModelSpec => ({
  kind: "layers",
  inputShape: [1, 28, 28],
  layers: [
    { kind: "conv2d", filters: units, kernelSize: 1 },
    { kind: "max-pool2d", size: 28 },
    { kind: "flatten" },
    { kind: "dense", units: 2 },
  ],
  seed: "0",
});

it("few parameters whose activations fill the memory are refused before anything is computed", async () => {
  const model = huge(20_000);
  const size = 64;
  const dataset = memoryDataset({
    ...{ inputs: new Float32Array(784 * size), inputShape: [1, 28, 28], classes: 2 },
    labels: Array.from({ length: size }, (_, i) => i % 2),
  });

  const training = trainLocally({
    ...{ model, dataset, parameters: initialiseParameters(model), seed: "1" },
    hyperparameters: { optimiser: "sgd", learningRate: 0.1, batchSize: 65_536, epochs: 1 },
  });

  await expect(training).rejects.toMatchObject({
    code: "CW3008",
    message: expect.stringMatching(/^a batch of 64 samples takes about .* GiB of memory/),
  });
});
