import { describe, expect, it } from "vitest";
import type { CommonweightError } from "../../../services/protocol/errors.ts";
import { parseManifest, readManifest } from "../../../services/protocol/manifest/manifest.ts";
import { expectCode } from "../expect-code.ts";
import { MANIFEST } from "./manifest-case.ts";

const encoded = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
/** The manifest with one field replaced, given by its path. */
function changed(path: string, value: unknown): unknown {
  const copy = structuredClone(MANIFEST) as unknown as Record<string, unknown>;
  const names = path.split(".");
  const last = names.pop() as string;
  let parent: Record<string, unknown> = copy;
  for (const name of names) parent = parent[name] as Record<string, unknown>;
  parent[last] = value;
  return copy;
}

describe("a manifest", () => {
  it("reads back what was written", () => {
    expect(readManifest(encoded(MANIFEST))).toEqual(MANIFEST);
  });

  it("may describe a CNN, or only name tensors that somebody's own program trains", () => {
    const cnn = {
      kind: "layers",
      inputShape: [1, 28, 28],
      layers: [
        { kind: "conv2d", filters: 8, kernelSize: 3, activation: "relu" },
        { kind: "max-pool2d", size: 2 },
        { kind: "flatten" },
        { kind: "dense", units: 10 },
      ],
      seed: "1",
    };
    const data = { inputShape: [1, 28, 28] };
    const tensors = { kind: "tensors", tensors: [{ name: "adapter.A", shape: [8, 768] }] };
    expect(parseManifest({ ...MANIFEST, model: cnn, data }).model).toEqual(cnn);
    expect(parseManifest(changed("model", tensors)).model).toEqual(tensors);
  });

  it.each<[string, unknown]>([
    ["title", ""],
    ["title", "x".repeat(121)],
    ["title", "Penguins\nescrow    1000 ETH"],
    ["title", "\u202eETH 0001"],
    ["description", 5],
    ["model.kind", "transformer"],
    ["model.layers", []],
    ["model.layers", Array(101).fill({ kind: "flatten" })],
    ["model.inputShape", [0]],
    ["model.inputShape", [783]],
    [
      "model",
      {
        kind: "tensors",
        tensors: [
          { name: "a", shape: [1] },
          { name: "a", shape: [2] },
        ],
      },
    ],
    ["training.learningRate", 0],
    ["training.learningRate", Number.POSITIVE_INFINITY],
    ["training.learningRate", 0.5],
    ["training.epochs", 9],
    ["training.batchSize", 1.5],
    ["training.optimiser", "lion"],
    ["training.momentum", 1],
    ["training.proximal", -1],
    ["training.bounds.learningRate", [0.3, 0.2]],
    ["data.classes", ["only one"]],
    ["data.normalisation.deviation", [0]],
    ["data.normalisation.deviation", [1, 1]],
    ["fixedPoint.fractionBits", 7],
    ["fixedPoint.fractionBits", 17],
    ["fixedPoint.ditherBits", 13],
    ["fixedPoint.clipNorm", 0],
    ["privacy", { kind: "gaussian", multiplier: 1, delta: 1 }],
    ["privacy.kind", "homomorphic"],
    ["evaluation.referenceSteps", 0],
    ["evaluation.metric", "vibes"],
    ["evaluation.unknownField", 1],
    ["unknownField", 1],
  ])("is refused with CW1202 naming the field: %s = %j", (path, value) => {
    const call = () => parseManifest(changed(path, value));
    expectCode(call, "CW1202");
    try {
      call();
    } catch (error) {
      const top = path.split(".")[0] as string;
      const { message } = error as CommonweightError;
      expect(message).toMatch(new RegExp(`^(${top}|data|manifest)`));
    }
  });

  it.each([null, 5, "text", [], {}, { version: "1" }])("is refused with CW1202: %j", (value) => {
    expectCode(() => parseManifest(value), "CW1202");
  });

  it("of a later version is refused with CW1201, so that the way out is an update", () => {
    expectCode(() => parseManifest(changed("version", 2)), "CW1201");
  });

  it("above 64 KiB is refused with CW1200 before it is parsed", () => {
    expectCode(() => readManifest(new Uint8Array(65_537).fill(0x5b)), "CW1200");
  });

  it.each([
    ["text that is not JSON", new TextEncoder().encode("{")],
    ["bytes that are not UTF-8", Uint8Array.from([0x22, 0xff, 0x22])],
    ["lists nested without end", new TextEncoder().encode("[".repeat(65_000))],
    ["nothing", new Uint8Array(0)],
  ])("is refused with CW1202: %s", (_, bytes) => {
    expectCode(() => readManifest(bytes), "CW1202");
  });
});
