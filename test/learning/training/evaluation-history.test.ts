import { expect, test } from "vitest";
import { memoryDataset } from "../../../services/learning/data/dataset.ts";
import { logisticRegression } from "../../../services/learning/model-spec.ts";
import { extendEvaluationHistory } from "../../../services/learning/training/evaluation-history.ts";

/** A version that is not to be had any more. */
const LOST = 3;

test("an evaluation history grows by the versions it lacks, in order, and keeps the others", async () => {
  const model = logisticRegression({ features: 1, classes: 2 });
  const dataset = memoryDataset({
    inputs: Float32Array.of(-1, 1),
    labels: [0, 1],
    inputShape: [1],
    classes: 2,
  });
  const loaded: number[] = [];
  const extend = (
    history: Awaited<ReturnType<typeof extendEvaluationHistory>>,
    versions: number[],
  ) =>
    extendEvaluationHistory({
      model,
      history,
      versions,
      dataset,
      loadParameters: async (version) => {
        loaded.push(version);
        if (version === LOST) return undefined;
        // Version 0 confuses the classes, later ones tell them apart better and better.
        const slope = version === 0 ? -1 : version;
        return Float32Array.of(-slope, slope, 0, 0);
      },
    });

  const first = await extend([], [2, 0]);
  const longer = await extend(first, [0, LOST, 1, 2]);

  expect(loaded).toEqual([2, 0, LOST, 1]);
  expect(longer.map(({ version, accuracy }) => [version, accuracy])).toEqual([
    [0, 0],
    [1, 1],
    [2, 1],
  ]);
  expect(longer[2]?.loss).toBeLessThan(longer[1]?.loss as number);
  expect(longer[0]?.confusion).toEqual([
    [0, 1],
    [1, 0],
  ]);
});
