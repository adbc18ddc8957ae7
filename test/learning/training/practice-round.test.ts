import { describe, expect, it } from "vitest";
import { memoryDataset, relabelDataset } from "../../../services/learning/data/dataset.ts";
import { logisticRegression } from "../../../services/learning/model-spec.ts";
import { seededBytes, seededRandom } from "../../../services/learning/random.ts";
import { initialiseParameters } from "../../../services/learning/training/initialise.ts";
import { practiceRound } from "../../../services/learning/training/practice-round.ts";
import { parseManifest } from "../../../services/protocol/manifest/manifest.ts";
import { MANIFEST } from "../../protocol/manifest/manifest-case.ts";

const model = logisticRegression({ features: 6, classes: 3 });
const manifest = parseManifest({
  ...MANIFEST,
  model,
  data: { inputShape: [6], classes: ["a", "b", "c"] },
  training: { optimiser: "sgd", learningRate: 0.1, batchSize: 16, epochs: 2 },
  evaluation: { metric: "accuracy", referenceSteps: 40, referenceSamples: 20, paySamples: 20 },
});

/** Samples that lie at their class's own two features. */
function samples(size: number) {
  const random = seededRandom("practice");
  const labels = Int32Array.from({ length: size }, () => Math.floor(3 * random()));
  return memoryDataset({
    inputs: Float32Array.from({ length: 6 * size }, (_, i) => {
      const isOwn = Math.floor((i % 6) / 2) === labels[Math.floor(i / 6)];
      return random() + (isOwn ? 1 : 0);
    }),
    labels,
    ...{ inputShape: [6], classes: 3 },
  });
}

const play = (dataset: ReturnType<typeof samples>, normBoundSquared?: bigint) =>
  practiceRound({
    ...{ manifest, dataset, normBoundSquared },
    parameters: initialiseParameters(model),
    seed: "1",
    randomBytes: seededBytes("1"),
  });

describe("a practice round", () => {
  it("gives samples that agree with each other a high score, and measures what the update improves", async () => {
    const round = await play(samples(300));

    expect(round.verdict).toBe("accepted");
    expect(round.score).toBeGreaterThan(80);
    expect(round.loss.after).toBeLessThan(round.loss.before);
    expect(round.accuracy.after).toBeGreaterThan(round.accuracy.before);
    expect([round.trainedSamples, round.heldBackSamples]).toEqual([210, 90]);
  });

  it("gives labels that mean nothing a low one", async () => {
    const random = seededRandom("noise");
    const round = await play(relabelDataset(samples(300), () => Math.floor(3 * random())));

    expect(round.score).toBeLessThan(50);
  });

  it("makes no update that a norm bound leaves no room for", async () => {
    await expect(play(samples(300), 10n)).rejects.toMatchObject({ code: "CW3203" });
  });

  it("refuses samples that are too few to judge by", async () => {
    await expect(play(samples(39))).rejects.toMatchObject({ code: "CW3106" });
  });
});
