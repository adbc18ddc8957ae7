import { beforeAll, describe, expect, test } from "vitest";
import {
  type Dataset,
  memoryDataset,
  reshapeDataset,
  subsetDataset,
} from "../../../services/learning/data/dataset.ts";
import { readMnist } from "../../../services/learning/data/mnist.ts";
import {
  convolutionalNetwork,
  type LayeredModelSpec,
  logisticRegression,
  multilayerPerceptron,
} from "../../../services/learning/model-spec.ts";
import { evaluate } from "../../../services/learning/training/evaluate.ts";
import { initialiseParameters } from "../../../services/learning/training/initialise.ts";
import { nextGroupSize, trainLocally } from "../../../services/learning/training/train-locally.ts";

const sgd = { optimiser: "sgd", learningRate: 0.1, batchSize: 32, epochs: 1 } as const;
const mlp = multilayerPerceptron({ features: 784, hidden: [64], classes: 10, seed: "1" });
const lr = logisticRegression({ features: 784, classes: 10 });

let training: Dataset;
let testing: Dataset;

beforeAll(async () => {
  [training, testing] = await Promise.all([readMnist("train"), readMnist("test")]);
});

const first = (dataset: Dataset, count: number) =>
  subsetDataset(
    dataset,
    Array.from({ length: count }, (_, i) => i),
  );

async function accuracyAfter(
  model: LayeredModelSpec,
  samples: number,
  hyperparameters: Parameters<typeof trainLocally>[0]["hyperparameters"],
  testSamples = 10_000,
) {
  const see = (dataset: Dataset) => reshapeDataset(dataset, model.inputShape);
  const { parameters } = await trainLocally({
    model,
    parameters: initialiseParameters(model),
    dataset: see(first(training, samples)),
    hyperparameters,
    seed: "1",
  });
  return (await evaluate({ model, parameters, dataset: see(first(testing, testSamples)) }))
    .accuracy;
}

describe("trainLocally on MNIST", () => {
  test("a perceptron of 64 hidden units passes 94 % after one pass over 60,000 samples", async () => {
    expect(await accuracyAfter(mlp, 60_000, { ...sgd, momentum: 0.5 })).toBeGreaterThan(0.94);
  });

  test("a small convolutional network passes 90 % after one pass over 6,000 samples", async () => {
    const cnn = convolutionalNetwork({
      inputShape: [1, 28, 28],
      filters: [8, 16],
      classes: 10,
      seed: "1",
    });
    const adam = { ...sgd, optimiser: "adam", learningRate: 0.002 } as const;

    expect(await accuracyAfter(cnn, 6000, adam, 2000)).toBeGreaterThan(0.9);
  });

  test.each([
    ["plain SGD", sgd],
    ["momentum", { ...sgd, momentum: 0.9, learningRate: 0.02 }],
    ["Adam", { ...sgd, optimiser: "adam" as const, learningRate: 0.003 }],
    ["a proximal term", { ...sgd, proximal: 0.01 }],
  ])("logistic regression learns with %s", async (_, hyperparameters) => {
    expect(await accuracyAfter(lr, 3000, hyperparameters, 2000)).toBeGreaterThan(0.75);
  });

  test("a strong proximal term keeps parameters near the start", async () => {
    const dataset = first(training, 1000);
    const start = initialiseParameters(lr);
    const distance = async (proximal: number) => {
      const hyperparameters = { ...sgd, epochs: 3, proximal };
      const { parameters } = await trainLocally({
        model: lr,
        parameters: start,
        dataset,
        hyperparameters,
        seed: "1",
      });
      return Math.hypot(...parameters.map((value, i) => value - (start[i] as number)));
    };

    expect(await distance(5)).toBeLessThan(0.4 * (await distance(0)));
  });

  test("repeats exactly with the same seed, leaves its start alone, reports each batch", async () => {
    const start = initialiseParameters(mlp);
    const kept = start.slice();
    const steps: number[] = [];
    const run = (seed: string) =>
      trainLocally({
        model: mlp,
        parameters: start,
        dataset: first(training, 500),
        hyperparameters: sgd,
        seed,
        onProgress: ({ step }) => steps.push(step),
      });

    const [a, b, c] = [await run("1"), await run("1"), await run("2")];

    expect(a.parameters).toEqual(b.parameters);
    expect(a.parameters).not.toEqual(c.parameters);
    expect(start).toEqual(kept);
    expect(a.metrics).toMatchObject({ steps: 16, samplesSeen: 500 });
    expect(a.metrics.lastLoss).toBeLessThan(a.metrics.firstLoss);
    expect(steps.slice(0, 16)).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
  });

  test("stops when cancelled", async () => {
    const controller = new AbortController();
    const training1 = trainLocally({
      model: lr,
      parameters: initialiseParameters(lr),
      dataset: first(training, 5000),
      hyperparameters: { ...sgd, epochs: 100 },
      seed: "1",
      signal: controller.signal,
      onProgress: ({ step }) => step === 20 && controller.abort(),
    });

    await expect(training1).rejects.toMatchObject({ code: "CW3006" });
  });

  test("batches are computed in groups that get smaller while they are slow, so that it is cancelled soon", () => {
    const sizes = [1];
    for (const tookMs of [200, 100, 100, 100, 100, 5000, 600, 300, 300, 200]) {
      sizes.push(nextGroupSize(sizes.at(-1) as number, tookMs));
    }

    expect(sizes).toEqual([1, 1, 2, 4, 8, 16, 8, 4, 2, 1, 1]);
  });

  test("says so when training diverges", async () => {
    const diverging = trainLocally({
      model: mlp,
      parameters: initialiseParameters(mlp),
      dataset: first(training, 500),
      hyperparameters: { ...sgd, learningRate: 100, weightDecay: 100, epochs: 20 },
      seed: "1",
    });

    await expect(diverging).rejects.toMatchObject({ code: "CW3005" });
  });

  test("refuses data of another shape and settings out of range", async () => {
    const parameters = initialiseParameters(lr);
    const wrong = memoryDataset({
      inputs: new Float32Array(6),
      labels: [0, 1],
      inputShape: [3],
      classes: 10,
    });
    const dataset = first(training, 10);

    await expect(
      trainLocally({ model: lr, parameters, dataset: wrong, hyperparameters: sgd, seed: "1" }),
    ).rejects.toMatchObject({ code: "CW3105" });
    await expect(
      trainLocally({
        model: lr,
        parameters,
        dataset,
        hyperparameters: { ...sgd, learningRate: 0 },
        seed: "1",
      }),
    ).rejects.toMatchObject({ code: "CW3004" });
    await expect(
      trainLocally({ model: mlp, parameters, dataset, hyperparameters: sgd, seed: "1" }),
    ).rejects.toMatchObject({ code: "CW3003" });
  });

  test("refuses a model that is only named tensors, and a device besides the one it computes on", async () => {
    const dataset = first(training, 32);
    const common = { dataset, hyperparameters: sgd, seed: "1" };
    const named = { kind: "tensors", tensors: [{ name: "adapter.A", shape: [2] }] } as const;
    await trainLocally({ ...common, model: lr, parameters: initialiseParameters(lr) });

    await expect(
      trainLocally({ ...common, model: named, parameters: new Float32Array(2) }),
    ).rejects.toMatchObject({ code: "CW3002" });
    await expect(
      trainLocally({
        ...common,
        model: lr,
        parameters: initialiseParameters(lr),
        device: "webgpu",
      }),
    ).rejects.toMatchObject({ code: "CW3007" });
  });
});

describe("evaluate", () => {
  test("counts each sample once in the confusion matrix, also in a short last batch", async () => {
    const dataset = first(testing, 333);

    const { confusion, accuracy, loss } = await evaluate({
      model: lr,
      parameters: initialiseParameters(lr),
      dataset,
    });

    expect(confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(333);
    expect(loss).toBeCloseTo(Math.log(10), 5);
    const zeros = (await dataset.readLabels()).filter((label) => label === 0).length;
    expect(accuracy).toBeCloseTo(zeros / 333, 10);
  });
});
