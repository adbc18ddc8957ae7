import { expect, it } from "vitest";
import { fitText } from "../../services/worker/fit-text.ts";

const words = (classCounts: readonly number[]) =>
  fitText({
    report: {
      ...{ isFit: true, findings: [], samples: 60, inputShape: [4], classCounts },
      range: { min: -1, max: 1, mean: 0, deviation: 1 },
      ...{ constantFeatures: 0, samplesLookedAt: 60 },
    },
    practice: {
      ...{ score: 91, verdict: "accepted", alignment: 0.9, relativeLength: 0.7 },
      ...{ trainedSamples: 42, heldBackSamples: 18, saturatedShare: 0 },
      ...{ loss: { before: 1, after: 0.5 }, accuracy: { before: 0, after: 1 } },
    },
    ...{ noPractice: null, modelFrom: "newest" },
  });

it("a good score on samples of some classes only is no promise, and is not told as one", () => {
  expect(words([60, 0, 0])).toMatch(
    /They have every class and yours have not: the score says little/,
  );
  expect(words([20, 20, 20])).not.toContain("says little");
});
