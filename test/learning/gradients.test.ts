import { describe, expect, test } from "vitest";
import { countValues } from "../../services/learning/count-values.ts";
import { memoryDataset } from "../../services/learning/data/dataset.ts";
import {
  convolutionalNetwork,
  type LayeredModelSpec,
  logisticRegression,
  multilayerPerceptron,
} from "../../services/learning/model-spec.ts";
import { seededRandom } from "../../services/learning/random.ts";
import { evaluate } from "../../services/learning/training/evaluate.ts";
import { initialiseParameters } from "../../services/learning/training/initialise.ts";
import { meanGradient } from "../../services/learning/training/references.ts";

const shapes: [string, LayeredModelSpec][] = [
  ["logistic regression", logisticRegression({ features: 12, classes: 3 })],
  ["a perceptron", multilayerPerceptron({ features: 12, hidden: [7, 5], classes: 3, seed: "1" })],
  [
    "a convolutional network",
    convolutionalNetwork({ inputShape: [2, 6, 6], filters: [3, 4], classes: 3, seed: "1" }),
  ],
  [
    "smooth convolutions",
    {
      kind: "layers",
      inputShape: [2, 6, 6],
      layers: [
        { kind: "conv2d", filters: 3, kernelSize: 3, padding: 1, activation: "tanh" },
        { kind: "conv2d", filters: 4, kernelSize: 2, activation: "sigmoid" },
        { kind: "flatten" },
        { kind: "dense", units: 3 },
      ],
      seed: "1",
    },
  ],
  [
    "strides, tanh and sigmoid",
    {
      kind: "layers",
      inputShape: [1, 9, 9],
      layers: [
        { kind: "conv2d", filters: 3, kernelSize: 3, stride: 2, activation: "tanh" },
        { kind: "max-pool2d", size: 2 },
        { kind: "flatten" },
        { kind: "dense", units: 6, activation: "sigmoid" },
        { kind: "dense", units: 3 },
      ],
      seed: "1",
    },
  ],
];

function randomSamples(model: LayeredModelSpec, size: number) {
  const random = seededRandom("samples");
  const length = countValues(model.inputShape);
  return memoryDataset({
    inputs: Float32Array.from({ length: size * length }, () => 2 * random() - 1),
    labels: Int32Array.from({ length: size }, () => Math.floor(random() * 3)),
    inputShape: model.inputShape,
    classes: 3,
  });
}

describe("gradients by automatic differentiation", () => {
  test.each(shapes)("of %s agree with finite differences", async (_, model) => {
    const random = seededRandom("gradient");
    const parameters = initialiseParameters(model).map((value) => value + 0.2 * random() - 0.1);
    const dataset = randomSamples(model, 8);
    const gradient = await meanGradient({ model, parameters, dataset });
    const slopeAt = async (i: number) => {
      const step = 5e-3;
      const lossAt = async (moved: number) => {
        const there = parameters.slice();
        there[i] = (there[i] as number) + moved;
        return (await evaluate({ model, parameters: there, dataset })).loss;
      };
      return ((await lossAt(step)) - (await lossAt(-step))) / (2 * step);
    };

    const checked = Array.from({ length: 80 }, () => Math.floor(random() * parameters.length));
    const errors: number[] = [];
    for (const i of checked) errors.push(Math.abs((await slopeAt(i)) - (gradient[i] as number)));
    errors.sort((a, b) => a - b);

    // A ReLU or a maximum that changes sides inside the step bends the slope of a few entries; smooth ones must all agree.
    const isSmooth = !JSON.stringify(model).match(/relu|max-pool/);
    expect(errors[isSmooth ? 79 : 60]).toBeLessThan(isSmooth ? 2e-4 : 5e-3);
    expect(errors[79]).toBeLessThan(0.05);
    expect(gradient.some((value) => Math.abs(value) > 0.05)).toBe(true);
  });

  test("of several batches add up to the gradient of all samples", async () => {
    const model = logisticRegression({ features: 12, classes: 3 });
    const parameters = initialiseParameters(model);
    const dataset = randomSamples(model, 600);
    const whole = await meanGradient({ model, parameters, dataset });
    const { inputs, labels } = await dataset.readBatch(Array.from({ length: 600 }, (_, i) => i));

    // At zero every class has probability 1/3, so the gradient is known in closed form.
    let expected = 0;
    labels.forEach((label, i) => {
      expected += ((1 / 3 - (label === 0 ? 1 : 0)) * (inputs[i * 12] as number)) / 600;
    });
    expect(whole[0]).toBeCloseTo(expected, 5);
  });
});
