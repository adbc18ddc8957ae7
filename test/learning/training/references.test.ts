import { beforeAll, describe, expect, test } from "vitest";
import {
  assessReferenceLabels,
  assessReferenceSets,
  type ReferenceFinding,
  requireSoundReferences,
} from "../../../services/learning/data/assess-reference-sets.ts";
import {
  type Dataset,
  memoryDataset,
  subsetDataset,
} from "../../../services/learning/data/dataset.ts";
import { readMnist } from "../../../services/learning/data/mnist.ts";
import { logisticRegression } from "../../../services/learning/model-spec.ts";
import { seededBytes, seededRandom } from "../../../services/learning/random.ts";
import { initialiseParameters } from "../../../services/learning/training/initialise.ts";
import { referenceStepsFor } from "../../../services/learning/training/reference-steps.ts";
import { computeReferences, meanGradient } from "../../../services/learning/training/references.ts";
import { dot, norm } from "../../../services/learning/training/vector.ts";

const model = logisticRegression({ features: 784, classes: 10 });
const hyperparameters = { optimiser: "sgd", learningRate: 0.1, batchSize: 32, epochs: 1 } as const;

let training: Dataset;
let rootSet: Dataset;
let paySet: Dataset;

const take = (from: number, count: number) =>
  subsetDataset(
    training,
    Array.from({ length: count }, (_, i) => from + i),
  );

beforeAll(async () => {
  training = await readMnist("train");
  rootSet = take(0, 200);
  paySet = take(200, 500);
});

/** Some labels replaced by random ones. */
async function withWrongLabels(dataset: Dataset, part: number) {
  const random = seededRandom("wrong labels");
  const { inputs, labels } = await dataset.readBatch(
    Array.from({ length: dataset.size }, (_, i) => i),
  );
  return memoryDataset({
    inputs,
    labels: labels.map((label) => (random() < part ? Math.floor(random() * 10) : label)),
    inputShape: dataset.inputShape,
    classes: 10,
  });
}

describe("computeReferences", () => {
  const base = { model, hyperparameters, referenceSteps: 32, fractionBits: 12, seed: "1" };

  test("g is one full-batch gradient step, as long as r, and both point downhill", async () => {
    const parameters = initialiseParameters(model);

    const { r, g } = await computeReferences({
      ...base,
      parameters,
      rootSet,
      paySet,
      randomBytes: seededBytes("1"),
    });

    const gradient = await meanGradient({ model, parameters, dataset: paySet });
    const pay = g as Int16Array;
    expect(dot(pay, gradient) / (norm(pay) * norm(gradient))).toBeLessThan(-0.995);
    expect(norm(pay) / norm(r)).toBeCloseTo(1, 1);
    expect(dot(r, pay)).toBeGreaterThan(0);
  });

  test("repeats with the same seed; g is null without a pay set", async () => {
    const parameters = initialiseParameters(model);
    const compute = (set: Dataset | null) =>
      computeReferences({
        ...base,
        parameters,
        rootSet,
        paySet: set,
        randomBytes: seededBytes("1"),
      });

    const first = await compute(paySet);

    expect(await compute(paySet)).toEqual(first);
    expect((await compute(null)).g).toBeNull();
  });

  test("r takes two to four times the median trainer's steps", () => {
    expect(referenceStepsFor(hyperparameters, 500)).toBe(48);
    expect(referenceStepsFor(hyperparameters, 500, 2)).toBe(32);
    expect(() => referenceStepsFor(hyperparameters, 500, 1)).toThrow(
      expect.objectContaining({ code: "CW3401" }),
    );
  });

  test("a gradient of zero is refused", async () => {
    // With every input zero and classes balanced, the start is the optimum.
    const flat = memoryDataset({
      inputs: new Float32Array(784 * 10),
      labels: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
      inputShape: [784],
      classes: 10,
    });

    await expect(
      computeReferences({
        ...base,
        parameters: initialiseParameters(model),
        rootSet,
        paySet: flat,
        randomBytes: seededBytes("1"),
      }),
    ).rejects.toMatchObject({ code: "CW3401" });
  });
});

describe("assessReferenceSets", () => {
  const named = ({ findings }: { readonly findings: readonly ReferenceFinding[] }) =>
    findings.map(({ severity, set }) => `${severity}: ${set}`);

  test("finds nothing wrong with clean sets of the advised size", async () => {
    const assessment = await assessReferenceSets({ rootSet, paySet });

    expect(assessment.findings).toEqual([]);
    expect(assessment.rootCounts.reduce((a, b) => a + b, 0)).toBe(200);
    expect((await assessReferenceLabels({ rootSet, paySet })).findings).toEqual([]);
    expect(() => requireSoundReferences(assessment.findings)).not.toThrow();
  });

  test("blocks a set without a class", async () => {
    const labels = await training.readLabels();
    const lacking = Array.from({ length: 600 }, (_, i) => 1000 + i).filter(
      (i) => (labels[i] as number) < 8,
    );

    const assessment = await assessReferenceSets({
      rootSet,
      paySet: subsetDataset(training, lacking),
    });

    expect(assessment.findings[0]).toMatchObject({
      severity: "blocking",
      set: "pay",
      message: expect.stringContaining("no sample of class 8, 9"),
    });
    const named = await assessReferenceSets({
      rootSet,
      paySet: subsetDataset(training, lacking),
      classNames: "abcdefghij".split(""),
    });
    expect(named.findings[0]?.message).toContain('no sample of class "i", "j"');
    expect(() => requireSoundReferences(assessment.findings)).toThrow(
      expect.objectContaining({ code: "CW3401" }),
    );
  });

  test.each([0.1, 0.2, 0.5])("warns when %f of the labels are random", async (part) => {
    const sets = {
      rootSet: await withWrongLabels(rootSet, part),
      paySet: await withWrongLabels(paySet, part),
    };

    expect(named(await assessReferenceLabels(sets))).toEqual(["warning: root", "warning: pay"]);
  });

  test.each([
    ["three equal classes", (i: number) => i % 3],
    ["a class that nearly all samples have", (i: number) => (i % 12 === 0 ? 1 : 0)],
  ])("calls no label wrong where similarity says nothing: %s", async (_, labelOf) => {
    const random = seededRandom("references/unlike");
    const set = memoryDataset({
      inputs: Float32Array.from({ length: 300 * 8 }, () => random()),
      labels: Int32Array.from({ length: 300 }, (_sample, i) => labelOf(i)),
      inputShape: [8],
      classes: 3,
    });

    const { findings, rootLabels } = await assessReferenceLabels({ rootSet: set, paySet: null });

    expect(rootLabels.suspects).toBeGreaterThan(0.06);
    expect(findings.map(({ message }) => message)).toEqual([
      expect.stringMatching(/same label in \d+ %, by chance in \d+ %: either similarity/),
    ]);
  });

  test("blocks sets that share samples, and warns of small ones", async () => {
    const overlapping = { rootSet, paySet: take(150, 500) };
    expect(named(await assessReferenceSets(overlapping))).toEqual(["blocking: both"]);
    const small = { rootSet: take(0, 80), paySet: null };
    expect(named(await assessReferenceSets(small))).toContain("warning: root");
  });
});
