import type { Manifest } from "../../../services/protocol/manifest/manifest.ts";

/** A valid manifest that uses every optional part. */
export const MANIFEST: Manifest = {
  version: 1,
  title: "Handwritten digits",
  description: "Ten classes of 28 x 28 grey images.",
  model: {
    kind: "layers",
    inputShape: [784],
    layers: [
      { kind: "dense", units: 32, activation: "relu" },
      { kind: "dense", units: 10 },
    ],
    seed: "7",
  },
  training: {
    optimiser: "sgd",
    learningRate: 0.1,
    batchSize: 32,
    epochs: 1,
    momentum: 0.9,
    proximal: 0.01,
    schedule: { kind: "cosine", overRounds: 20, floor: 0.1 },
    bounds: { learningRate: [0.01, 0.2], epochs: [1, 3] },
  },
  data: {
    inputShape: [784],
    classes: ["0", "1"],
    normalisation: { mean: [0.13], deviation: [0.3] },
  },
  fixedPoint: { fractionBits: 14, ditherBits: 4, clipNorm: 2 },
  privacy: { kind: "none" },
  evaluation: { metric: "accuracy", referenceSteps: 40, referenceSamples: 200, paySamples: 500 },
};
