import * as dagJson from "@ipld/dag-json";
import { describe, expect, it } from "vitest";
import { createMemoryStore } from "../../../services/adapters/content-store/memory-store.ts";
import {
  decodeManifest,
  encodeManifest,
  getManifest,
  putManifest,
} from "../../../services/adapters/dag-json/manifest-store.ts";
import type { CommonweightError } from "../../../services/protocol/errors.ts";
import { MAX_MANIFEST_BYTES, type Manifest } from "../../../services/protocol/manifest/manifest.ts";

const manifest: Manifest = {
  version: 1,
  title: "Digits",
  description: "Handwritten digits from many hands",
  model: {
    kind: "layers",
    inputShape: [784],
    layers: [{ kind: "dense", units: 10, initialiser: "zeros" }],
    seed: "0",
  },
  training: { optimiser: "sgd", learningRate: 0.05, batchSize: 32, epochs: 1 },
  data: { inputShape: [784], normalisation: { mean: [0.13], deviation: [0.31] } },
  fixedPoint: { fractionBits: 14, ditherBits: 4, clipNorm: 1 },
  privacy: { kind: "none" },
  evaluation: {
    metric: "accuracy",
    referenceSteps: 60,
    referenceSamples: 500,
    paySamples: 500,
  },
};

describe("manifests on a content store", () => {
  it("come back as they were put, under one dag-json CID whatever the order of their keys", async () => {
    const store = createMemoryStore();
    const reordered = Object.fromEntries(Object.entries(manifest).reverse()) as Manifest;

    const cid = await putManifest(store, manifest);

    expect(await getManifest(store, cid)).toEqual(manifest);
    expect(await putManifest(store, reordered)).toBe(cid);
    expect(cid.startsWith("baguqeera")).toBe(true);
  });

  it("are refused beyond 64 KiB before they are downloaded", async () => {
    const store = createMemoryStore();
    const cid = await store.put(new Uint8Array(MAX_MANIFEST_BYTES + 1), { codec: "dag-json" });

    expect(await codeOf(getManifest(store, cid))).toBe("CW2401");
    expect(await codeOf(async () => decodeManifest(new Uint8Array(MAX_MANIFEST_BYTES + 1)))).toBe(
      "CW1200",
    );
  });

  it("are refused when they are no dag-json, of another version, or against the schema", async () => {
    const decode = (value: unknown) => codeOf(async () => decodeManifest(dagJson.encode(value)));

    expect(await codeOf(async () => decodeManifest(new TextEncoder().encode("{")))).toBe("CW1202");
    expect(await decode({ ...manifest, version: 2 })).toBe("CW1201");
    expect(await decode({ ...manifest, extra: 1 })).toBe("CW1202");
    expect(await decode({ ...manifest, title: new Uint8Array(3) })).toBe("CW1202");
    expect(await codeOf(async () => encodeManifest({ ...manifest, title: "" }))).toBe("CW1202");
  });
});

async function codeOf(work: Promise<unknown> | (() => Promise<unknown>)): Promise<string> {
  return (typeof work === "function" ? work() : work).then(
    () => "accepted",
    (error: CommonweightError) => error.code,
  );
}
