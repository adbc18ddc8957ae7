import { describe, expect, test } from "vitest";
import {
  convolutionalNetwork,
  countParameters,
  logisticRegression,
  modelTensors,
  multilayerPerceptron,
} from "../../services/learning/model-spec.ts";
import { flattenTensors, unflattenTensors } from "../../services/learning/training/flatten.ts";
import { initialiseParameters } from "../../services/learning/training/initialise.ts";

const mlp = multilayerPerceptron({ features: 784, hidden: [64], classes: 10, seed: "7" });

describe("modelTensors", () => {
  test("lists weight before bias, layer by layer, without gaps", () => {
    const places = modelTensors(mlp);

    expect(places.map(({ name, shape, offset }) => [name, shape, offset])).toEqual([
      ["layers.0.weight", [64, 784], 0],
      ["layers.0.bias", [64], 50_176],
      ["layers.1.weight", [10, 64], 50_240],
      ["layers.1.bias", [10], 50_880],
    ]);
    expect(countParameters(mlp)).toBe(50_890);
    expect(countParameters(logisticRegression({ features: 784, classes: 10 }))).toBe(7850);
  });

  test("follows the shape of images through convolutions and pooling", () => {
    const cnn = convolutionalNetwork({
      inputShape: [1, 28, 28],
      filters: [8, 16],
      classes: 10,
      seed: "7",
    });

    expect(modelTensors(cnn).at(-2)?.shape).toEqual([10, 16 * 7 * 7]);
  });

  test.each([
    ["a dense layer on an image", { ...mlp, inputShape: [1, 28, 28] }],
    [
      "a convolution on a flat input",
      {
        ...mlp,
        layers: [{ kind: "conv2d" as const, filters: 2, kernelSize: 3 }],
      },
    ],
    [
      "a kernel larger than the image",
      {
        ...mlp,
        inputShape: [1, 2, 2],
        layers: [
          { kind: "conv2d" as const, filters: 2, kernelSize: 3 },
          { kind: "flatten" as const },
        ],
      },
    ],
    ["no parameters", { ...mlp, layers: [{ kind: "flatten" as const }] }],
    ["zero units", { ...mlp, layers: [{ kind: "dense" as const, units: 0 }] }],
    [
      "an image at the end",
      {
        ...mlp,
        inputShape: [1, 4, 4],
        layers: [{ kind: "conv2d" as const, filters: 2, kernelSize: 3 }],
      },
    ],
    ["more parameters than memory", { ...mlp, layers: [{ kind: "dense" as const, units: 1e9 }] }],
  ])("rejects %s", (_, model) => {
    expect(() => modelTensors(model)).toThrow(expect.objectContaining({ code: "CW3001" }));
  });

  test("rejects a tensor declared twice", () => {
    const tensors = [
      { name: "head", shape: [2] },
      { name: "head", shape: [3] },
    ];

    expect(() => modelTensors({ kind: "tensors", tensors })).toThrow(
      expect.objectContaining({ code: "CW3001" }),
    );
  });
});

describe("initialiseParameters", () => {
  test("gives the same bits for the same seed and others for another", () => {
    const first = initialiseParameters(mlp);

    expect(initialiseParameters(mlp)).toEqual(first);
    expect(initialiseParameters({ ...mlp, seed: "8" })).not.toEqual(first);
  });

  test("keeps to the known first values, so that every machine starts alike", () => {
    const bits = new Uint32Array(initialiseParameters(mlp).buffer).subarray(0, 3);

    expect([...bits]).toMatchInlineSnapshot(`
      [
        3179441969,
        1019005792,
        3175806665,
      ]
    `);
  });

  test("draws weights from the He range and leaves biases at zero", () => {
    const parameters = initialiseParameters(mlp);
    const weights = parameters.subarray(0, 50_176);
    const limit = Math.sqrt(6 / 784);

    expect(Math.max(...weights)).toBeLessThanOrEqual(limit);
    expect(Math.min(...weights)).toBeGreaterThanOrEqual(-limit);
    const variance = weights.reduce((sum, value) => sum + value * value, 0) / weights.length;
    expect(variance / (limit ** 2 / 3)).toBeCloseTo(1, 1);
    expect(parameters.subarray(50_176, 50_240).every((value) => value === 0)).toBe(true);
  });
});

describe("flattenTensors", () => {
  test("undoes unflattenTensors", () => {
    const parameters = initialiseParameters(mlp);

    expect(flattenTensors(mlp, unflattenTensors(mlp, parameters))).toEqual(parameters);
  });

  test("rejects missing, extra, misshapen and infinite tensors", () => {
    const tensors = new Map(unflattenTensors(mlp, initialiseParameters(mlp)));
    const bias = { shape: [10], values: new Float32Array(10) };
    const without = new Map([...tensors].slice(1));
    const more = new Map([...tensors, ["extra", bias]]);
    const infinite = new Map([
      ...tensors,
      ["layers.1.bias", { ...bias, values: bias.values.map(() => 1 / 0) }],
    ]);
    const misshapen = new Map([...tensors, ["layers.1.bias", { ...bias, shape: [5, 2] }]]);

    for (const wrong of [without, more, infinite, misshapen]) {
      expect(() => flattenTensors(mlp, wrong)).toThrow(expect.objectContaining({ code: "CW3003" }));
    }
  });
});
