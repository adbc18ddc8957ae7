import { describe, expect, test } from "vitest";
import {
  checkHyperparameters,
  countLocalSteps,
  type Hyperparameters,
  learningRateOf,
  roundHyperparameters,
} from "../../../services/learning/training/hyperparameters.ts";

const settings: Hyperparameters = { optimiser: "sgd", learningRate: 0.1, batchSize: 32, epochs: 2 };

describe("hyperparameters", () => {
  test("schedules lower the learning rate over rounds", () => {
    const rates = (schedule: NonNullable<Hyperparameters["schedule"]>) =>
      [0, 1, 2, 4, 9].map((round) => learningRateOf({ ...settings, schedule }, round).toFixed(4));

    expect(rates({ kind: "constant" })).toEqual(new Array(5).fill("0.1000"));
    expect(rates({ kind: "step", everyRounds: 2, factor: 0.5 })).toEqual([
      "0.1000",
      "0.1000",
      "0.0500",
      "0.0250",
      "0.0063",
    ]);
    expect(rates({ kind: "cosine", overRounds: 4, floor: 0.1 })).toEqual([
      "0.1000",
      "0.0868",
      "0.0550",
      "0.0100",
      "0.0100",
    ]);
  });

  test("count steps by epochs unless steps are given", () => {
    expect(countLocalSteps(settings, 100)).toBe(8);
    expect(countLocalSteps({ ...settings, epochs: 0.01 }, 100)).toBe(1);
    expect(countLocalSteps({ ...settings, steps: 5 }, 1_000_000)).toBe(5);
  });

  test("change from round to round within the owner's bounds only", () => {
    const bounds = { learningRate: [0.01, 0.2], epochs: [1, 3] } as const;
    const bounded = { ...settings, bounds };

    expect(roundHyperparameters(bounded, { learningRate: 0.05 })).toEqual({
      ...settings,
      learningRate: 0.05,
    });
    expect(roundHyperparameters(bounded)).toEqual(settings);
    for (const job of [{ learningRate: 0.3 }, { learningRate: 0.001 }, { epochs: 4 }]) {
      expect(() => roundHyperparameters(bounded, job)).toThrow(
        expect.objectContaining({ code: "CW3004" }),
      );
    }
  });

  test("do not change at all where the owner gave no bounds", () => {
    expect(roundHyperparameters(settings, { learningRate: 0.1 })).toEqual(settings);
    expect(() => roundHyperparameters(settings, { learningRate: 0.05 })).toThrow(
      expect.objectContaining({ code: "CW3004" }),
    );
  });

  test.each([
    { learningRate: 0 },
    { learningRate: Number.NaN },
    { batchSize: 1.5 },
    { epochs: 0 },
    { steps: 0 },
    { momentum: 1 },
    { proximal: -1 },
    { weightDecay: Number.NaN },
  ])("refuse %o", (wrong) => {
    expect(() => checkHyperparameters({ ...settings, ...wrong })).toThrow(
      expect.objectContaining({ code: "CW3004" }),
    );
  });
});
