import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { encodeNpy, encodeNpz } from "../../../services/adapters/model-export/numpy.ts";
import { encodeOnnx, modelExportErrors } from "../../../services/adapters/model-export/onnx.ts";
import { countValues } from "../../../services/learning/count-values.ts";
import { compileModel } from "../../../services/learning/jax/compile-model.ts";
import {
  convolutionalNetwork,
  type LayeredModelSpec,
  logisticRegression,
  modelTensors,
  multilayerPerceptron,
} from "../../../services/learning/model-spec.ts";
import { unflattenTensors } from "../../../services/learning/training/flatten.ts";
import { initialiseParameters } from "../../../services/learning/training/initialise.ts";
import { quantiseModel } from "../../../services/protocol/model/fixed-point.ts";
import { encodeModelFile } from "../../../services/protocol/model/model-file.ts";
import { hasPackages, python } from "../../python.ts";

const BATCH = 3;
const folder = mkdtempSync(join(tmpdir(), "cw-export-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const models: [name: string, model: LayeredModelSpec][] = [
  ["logistic regression", logisticRegression({ features: 20, classes: 4 })],
  ["perceptron", multilayerPerceptron({ features: 20, hidden: [16, 8], classes: 4, seed: "1" })],
  [
    "convolutional network",
    convolutionalNetwork({ inputShape: [2, 13, 13], filters: [3, 5], classes: 4, seed: "2" }),
  ],
  [
    "every kind of layer and activation",
    {
      kind: "layers",
      inputShape: [1, 12, 12],
      layers: [
        { kind: "conv2d", filters: 4, kernelSize: 5, stride: 2, padding: 2, activation: "tanh" },
        { kind: "max-pool2d", size: 3 },
        { kind: "flatten" },
        { kind: "dense", units: 7, activation: "sigmoid" },
        { kind: "dense", units: 3 },
      ],
      seed: "3",
    },
  ],
];

/** What a script in Python prints as JSON. */
function runPython(script: string): unknown {
  return JSON.parse(
    execFileSync(python, ["-c", script], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
}

const hasOnnxRuntime = hasPackages("onnxruntime", "numpy");
const hasSafetensors = hasPackages("safetensors", "numpy");
const hasNumpy = hasPackages("numpy");

function inputsOf(model: LayeredModelSpec): Float32Array {
  const length = BATCH * countValues(model.inputShape);
  return Float32Array.from({ length }, (_, index) => Math.sin(index * 1.7));
}

/** Parameters that are nowhere zero, so that a swapped or dropped tensor shows. */
function parametersOf(model: LayeredModelSpec): Float32Array {
  return initialiseParameters(model).map((value, index) => value + 0.1 * Math.cos(index));
}

describe("ONNX export", () => {
  it.skipIf(!hasOnnxRuntime).each(models)(
    "of %s gives in onnxruntime what the built-in trainer computes [needs Python's onnxruntime]",
    async (_name, model) => {
      const parameters = parametersOf(model);
      const inputs = inputsOf(model);
      writeFileSync(
        join(folder, "model.onnx"),
        encodeOnnx({ model, tensors: unflattenTensors(model, parameters), name: "test" }),
      );
      writeFileSync(
        join(folder, "inputs.npy"),
        encodeNpy({ name: "inputs", shape: [BATCH, ...model.inputShape], values: inputs }),
      );

      const compiled = await compileModel(model, { batchSize: BATCH });
      const expected = await compiled.logits(parameters, inputs);
      const logits = runPython(`
import json, numpy, onnxruntime
session = onnxruntime.InferenceSession("${folder}/model.onnx", providers=["CPUExecutionProvider"])
print(json.dumps(session.run(["logits"], {"input": numpy.load("${folder}/inputs.npy")})[0].ravel().tolist()))`) as number[];

      expect(logits.length).toBe(expected.length);
      for (const [index, logit] of logits.entries())
        expect(logit).toBeCloseTo(expected[index] as number, 4);
    },
  );

  it.skipIf(!hasOnnxRuntime)(
    "normalises raw values by itself when given the manifest's normalisation [needs Python's onnxruntime]",
    async () => {
      const model = models[3]?.[1] as LayeredModelSpec;
      const tensors = unflattenTensors(model, parametersOf(model));
      const inputs = inputsOf(model);
      const raw = inputs.map((value) => value * 4 + 7);
      writeFileSync(join(folder, "plain.onnx"), encodeOnnx({ model, tensors, name: "plain" }));
      writeFileSync(
        join(folder, "raw.onnx"),
        encodeOnnx({ model, tensors, name: "raw", normalisation: { mean: [7], deviation: [4] } }),
      );
      writeFileSync(
        join(folder, "inputs.npy"),
        encodeNpy({ name: "inputs", shape: [BATCH, ...model.inputShape], values: inputs }),
      );
      writeFileSync(
        join(folder, "raw.npy"),
        encodeNpy({ name: "raw", shape: [BATCH, ...model.inputShape], values: raw }),
      );

      const difference = runPython(`
import json, numpy, onnxruntime
run = lambda model, data: onnxruntime.InferenceSession(f"${folder}/{model}.onnx").run(None, {"input": numpy.load(f"${folder}/{data}.npy")})[0]
print(json.dumps(float(abs(run("plain", "inputs") - run("raw", "raw")).max())))`);

      expect(difference).toBeLessThan(1e-5);
    },
  );

  it("writes the very bytes that onnxruntime 1.31 was seen to run", () => {
    const model = models[2]?.[1] as LayeredModelSpec;
    const ones = new Map(
      modelTensors(model).map(({ name, shape, length }) => [
        name,
        { shape, values: new Float32Array(length).fill(0.5) },
      ]),
    );

    const bytes = encodeOnnx({ model, tensors: ones, name: "golden" });

    expect(createHash("sha256").update(bytes).digest("hex")).toBe(
      "93f174e92df852cb1b6b6c3e4f3bbd0b2f52cd18e25f69d71082dc2c9e2724d1",
    );
  });

  it.each([
    ["the rest of a mean that float32 misses by much of the deviation", 1700042425, 25000, true],
    ["nothing of a mean that it misses by nothing that matters", 0.1, 0.3, false],
  ])("subtracts %s", (_, mean, deviation, isSubtracted) => {
    const model = models[0]?.[1] as LayeredModelSpec;
    const tensors = unflattenTensors(model, parametersOf(model));
    const normalisation = { mean: [mean], deviation: [deviation] };

    const file = Buffer.from(encodeOnnx({ model, tensors, name: "test", normalisation }));

    expect(file.includes("mean_rest")).toBe(isSubtracted);
    const rest = Buffer.alloc(4);
    rest.writeFloatLE(57);
    expect(file.includes(rest)).toBe(isSubtracted);
  });

  it("says in its metadata what it is told to say, behind everything else", () => {
    const model = models[0]?.[1] as LayeredModelSpec;
    const tensors = unflattenTensors(model, parametersOf(model));
    const plain = encodeOnnx({ model, tensors, name: "test" });

    const bytes = encodeOnnx({ model, tensors, name: "test", metadata: { key: "value" } });

    expect(bytes.subarray(0, plain.length)).toEqual(plain);
    // Field 14 of a ModelProto: a StringStringEntryProto with key and value.
    const entry = Buffer.from("\x72\x0c\x0a\x03key\x12\x05value", "latin1");
    expect(Buffer.from(bytes.subarray(plain.length))).toEqual(entry);
  });

  it("refuses parameters of another model", () => {
    const model = models[0]?.[1] as LayeredModelSpec;

    expect(() => encodeOnnx({ model, tensors: new Map(), name: "none" })).toThrow(
      expect.objectContaining({ code: modelExportErrors.tensorMissing.code }),
    );
  });
});

describe("NumPy export", () => {
  it("writes headers as NumPy's format 1.0 demands: 64-byte alignment, little-endian, row-major", () => {
    const bytes = encodeNpy({
      name: "x",
      shape: [2, 3],
      values: Float32Array.of(1, 2, 3, 4, 5, 6),
    });

    const header = Buffer.from(bytes.subarray(0, 128)).toString("latin1");
    expect(
      header.startsWith(
        "\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }",
      ),
    ).toBe(true);
    expect(header.endsWith("\n")).toBe(true);
    expect(bytes.length).toBe(128 + 24);
    expect(new DataView(bytes.buffer, bytes.byteOffset).getFloat32(128 + 20, true)).toBe(6);
  });

  it.skipIf(!hasNumpy)(
    "gives numpy.load every tensor of a model with its shape [needs Python's numpy]",
    () => {
      const model = models[2]?.[1] as LayeredModelSpec;
      const tensors = unflattenTensors(model, parametersOf(model));
      const arrays = [...tensors].map(([name, { shape, values }]) => ({ name, shape, values }));
      const counts = { name: "counts", shape: [4], values: Int32Array.of(1, -2, 3, 2_000_000_000) };
      writeFileSync(join(folder, "model.npz"), encodeNpz([...arrays, counts]));

      const loaded = runPython(`
import json, numpy
with numpy.load("${folder}/model.npz") as arrays:
    print(json.dumps({name: [list(arrays[name].shape), arrays[name].ravel().tolist()] for name in arrays.files}))`) as Record<
        string,
        unknown
      >;

      expect(loaded.counts).toEqual([[4], [1, -2, 3, 2_000_000_000]]);
      for (const { name, shape, values } of arrays)
        expect(loaded[name]).toEqual([shape, [...values]]);
    },
  );
});

describe("a model file", () => {
  it.skipIf(!hasSafetensors)(
    "is read by the reference implementation of safetensors [needs Python's safetensors]",
    () => {
      const model = models[1]?.[1] as LayeredModelSpec;
      const integers = quantiseModel(parametersOf(model), 12);
      const layout = modelTensors(model);
      const committed = {
        model: integers,
        blinding: 5n,
        commitment: { x: 1n, y: 2n },
        fractionBits: 12,
        lineage: { chainId: 1n, market: "0x", projectId: 1n, roundIndex: 0, previousCid: null },
      };
      writeFileSync(join(folder, "model.safetensors"), encodeModelFile(committed, layout));

      const loaded = runPython(`
import json
from safetensors.numpy import load_file
print(json.dumps({name: [list(value.shape), value.ravel().tolist()] for name, value in load_file("${folder}/model.safetensors").items()}))`) as Record<
        string,
        unknown
      >;

      expect(loaded["commonweight.integers"]).toEqual([[integers.length], [...integers]]);
      for (const { name, shape, offset, length } of layout) {
        expect(loaded[name]).toEqual([
          shape,
          [...integers.slice(offset, offset + length)].map((value) => Math.fround(value / 2 ** 22)),
        ]);
      }
    },
  );
});
