import { describe, expect, test } from "vitest";
import { memoryDataset } from "../../../services/learning/data/dataset.ts";
import { fitReport } from "../../../services/learning/data/fit-report.ts";
import { logisticRegression } from "../../../services/learning/model-spec.ts";
import { seededRandom } from "../../../services/learning/random.ts";

const model = logisticRegression({ features: 4, classes: 3 });

function samples(change: (value: number, feature: number) => number, classes = 3) {
  const random = seededRandom("fit");
  const labelOf = (sample: number) => sample % Math.min(classes, 3);
  return memoryDataset({
    // The first feature tells the class.
    inputs: Float32Array.from({ length: 400 }, (_, i) => {
      const drawn = 2 * random() - 1;
      return change(i % 4 === 0 ? 0.7 * (labelOf(i / 4) - 1) : drawn, i % 4);
    }),
    labels: Int32Array.from({ length: 100 }, (_, i) => labelOf(i)),
    inputShape: [4],
    classes,
  });
}

describe("fitReport", () => {
  test("describes data that fit", async () => {
    const report = await fitReport(
      samples((value) => value),
      model,
    );

    expect(report).toMatchObject({
      isFit: true,
      findings: [],
      samples: 100,
      inputShape: [4],
      classCounts: [34, 33, 33],
      constantFeatures: 0,
      samplesLookedAt: 100,
    });
    expect(report.range.min).toBeGreaterThanOrEqual(-1);
    expect(report.range.deviation).toBeCloseTo(Math.sqrt(1 / 3), 1);
  });

  test.each([
    [
      "unscaled features",
      samples((value, j) => (j === 2 ? 5000 * value : value)),
      /scale the features/,
    ],
    [
      "constant columns",
      samples((value, j) => (j > 0 ? 1 : value)),
      /3 of 4 features never change/,
    ],
    [
      "classes that have nothing to do with values",
      samples((value, j) => (j === 0 ? 0 : value)),
      /classes look unrelated to the values: of 100 samples, the others tell \d+ % of the classes, and chance 3\d %/,
    ],
    [
      "missing classes",
      samples((value) => value, 3).readLabels() &&
        memoryDataset({
          inputs: Float32Array.from({ length: 400 }, (_, i) => (i % 7) / 7),
          labels: new Int32Array(100),
          inputShape: [4],
          classes: 3,
        }),
      /No samples of class 1, 2/,
    ],
  ])("warns of %s and still calls them fit", async (_, dataset, message) => {
    const report = await fitReport(dataset, model);

    expect(report.isFit).toBe(true);
    expect(report.findings.map((finding) => finding.message).join()).toMatch(message);
  });

  test("does not ask for another scale where the project has set it", async () => {
    const wide = samples((value, j) => (j === 2 ? 50 * value : value));
    const normalisation = { mean: [0], deviation: [1] };
    const { findings } = await fitReport(wide, model, { normalisation });

    expect(findings.map(({ message }) => message)).toEqual([
      expect.stringMatching(
        /^Values reach 4\d\.\d as the project normalises them: look for a slip/,
      ),
    ]);
  });

  test.each([
    ["another shape", samples((value) => value), logisticRegression({ features: 5, classes: 3 })],
    ["more classes than the model", samples((value) => value, 4), model],
    ["values that are not numbers", samples((value) => (value > 0.9 ? Number.NaN : value)), model],
  ])("blocks %s", async (_, dataset, wanted) => {
    expect((await fitReport(dataset, wanted)).isFit).toBe(false);
  });
});
