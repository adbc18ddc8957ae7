import { beforeAll, describe, expect, expectTypeOf, test } from "vitest";
import { type Dataset, subsetDataset } from "../../../services/learning/data/dataset.ts";
import { readMnist } from "../../../services/learning/data/mnist.ts";
import { logisticRegression } from "../../../services/learning/model-spec.ts";
import { seededBytes } from "../../../services/learning/random.ts";
import { coalitionShapley } from "../../../services/learning/rehearsal/coalition-shapley.ts";
import {
  type RehearseParameters,
  rehearse,
  splitSample,
} from "../../../services/learning/rehearsal/rehearse.ts";
import { evaluate } from "../../../services/learning/training/evaluate.ts";
import { initialiseParameters } from "../../../services/learning/training/initialise.ts";
import { prepareUpdate } from "../../../services/learning/training/prepare-update.ts";
import { trainLocally } from "../../../services/learning/training/train-locally.ts";
import { difference } from "../../../services/learning/training/vector.ts";
import type { Manifest } from "../../../services/protocol/manifest/manifest.ts";

const model = logisticRegression({ features: 784, classes: 10 });
const training = { optimiser: "sgd", learningRate: 0.1, batchSize: 32, epochs: 1 } as const;
const manifest: RehearseParameters["manifest"] = {
  model,
  training,
  fixedPoint: { fractionBits: 14, ditherBits: 4, clipNorm: 10 },
  privacy: { kind: "none" },
  evaluation: { referenceSteps: 50, paySamples: 500 },
};

let mnist: Dataset;
let base: RehearseParameters;

const first = (dataset: Dataset, count: number) =>
  subsetDataset(
    dataset,
    Array.from({ length: count }, (_, i) => i),
  );

beforeAll(async () => {
  mnist = await readMnist("train");
  base = {
    manifest,
    data: first(mnist, 6000),
    trainers: 8,
    attackMix: [],
    rounds: 5,
    seed: "1",
    partition: { kind: "dirichlet", alpha: 0.5 },
  };
});

describe("rehearse", () => {
  test("takes a project's manifest as it is", () => {
    expectTypeOf<Manifest>().toExtend<RehearseParameters["manifest"]>();
  });

  test("learns, pays the whole budget but dust to honest trainers, and repeats with its seed", async () => {
    const rounds: number[] = [];

    const report = await rehearse({
      ...base,
      onProgress: ({ roundIndex }) => rounds.push(roundIndex),
    });

    expect(report.finalAccuracy).toBeGreaterThan(0.78);
    // Of ten classes, in a thousand images.
    expect(report.commonestShare).toBeGreaterThan(0.1);
    expect(report.commonestShare).toBeLessThan(0.15);
    expect(report).toMatchObject({ missedShare: null, attackerPayShare: 0, voidRounds: 0 });
    expect(report.falseRemovalShare).toBeLessThan(0.1);
    expect(rounds).toEqual([0, 1, 2, 3, 4]);
    const budget = 5n * 10n ** 18n;
    expect(report.paidWei).toBeLessThanOrEqual(budget);
    expect(report.paidWei).toBeGreaterThan((budget * 95n) / 100n);
    const again = await rehearse(base);
    expect({ ...again, seconds: 0 }).toEqual({ ...report, seconds: 0 });
  });

  test("shortens updates to the terms' bound as trainers do: one that is for another model leaves little", async () => {
    const { finalAccuracy } = await rehearse({
      ...{ ...base, rounds: 1 },
      terms: { normBoundSquared: 500n ** 2n },
    });
    const free = await rehearse({ ...base, rounds: 1 });

    expect(finalAccuracy).toBeLessThan(free.finalAccuracy - 0.1);
  });

  test.each([
    "sign-flip",
    "label-flip",
    "scaling",
    "sybil-duplicates",
    "free-rider",
    "inner-product",
  ])("three attackers with %s are not paid", async (attack) => {
    const report = await rehearse({ ...base, attackMix: [{ attack, trainers: 3 }] });

    expect(report.attackerPayShare).toBeLessThan(0.02);
    expect(report.missedShare).toBeLessThan(0.1);
    expect(report.finalAccuracy).toBeGreaterThan(0.68);
    expect(report.isAttacker).toEqual([false, false, false, false, false, true, true, true]);
  });

  test("three replays of the last aggregate earn little after the first round", async () => {
    const report = await rehearse({
      ...base,
      attackMix: [{ attack: "stale-replay", trainers: 3 }],
    });

    const later = report.rounds.slice(1).flatMap(({ payoutsWei }) => payoutsWei.slice(5));
    expect(later.every((payout) => payout < 10n ** 16n)).toBe(true);
  });

  test("three who repeat what others sent in the round before are paid without any work", async () => {
    const report = await rehearse({
      ...base,
      attackMix: [{ attack: "earlier-update", trainers: 3 }],
    });

    const [start, ...later] = report.rounds.map(({ payoutsWei }) =>
      payoutsWei.slice(5).reduce((sum, payout) => sum + payout, 0n),
    );
    expect(start).toBe(0n);
    for (const paid of later) expect(paid).toBeGreaterThan(10n ** 17n);
  });

  test("stops when cancelled, and refuses more attackers than trainers and unknown attacks", async () => {
    const controller = new AbortController();
    const cancelled = rehearse({
      ...base,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });

    await expect(cancelled).rejects.toMatchObject({ code: "CW3006" });
    await expect(
      rehearse({ ...base, attackMix: [{ attack: "noise", trainers: 9 }] }),
    ).rejects.toMatchObject({
      code: "CW3106",
    });
    await expect(
      rehearse({ ...base, attackMix: [{ attack: "magic", trainers: 1 }] }),
    ).rejects.toMatchObject({
      code: "CW3501",
    });
  });

  test("refuses a rule that cannot work at this size, with the reason", async () => {
    const krum = (trainers: number, parameterA: number) =>
      rehearse({ ...base, trainers, rounds: 1, terms: { ruleId: 2, parameterA, parameterB: 3 } });

    await expect(krum(8, 3)).rejects.toMatchObject({
      code: "CW1000",
      message: expect.stringContaining("2f + 3 = 9"),
    });
    await expect(rehearse({ ...base, trainers: 2 })).rejects.toMatchObject({ code: "CW1000" });
    expect((await krum(8, 1)).rounds).toHaveLength(1);
  });

  test("divides a sample into disjoint sets", async () => {
    const sets = splitSample(first(mnist, 1000), "1");

    expect([sets.root, sets.pay, sets.validation, sets.training].map(({ size }) => size)).toEqual([
      100, 200, 200, 500,
    ]);
    expect(() => splitSample(first(mnist, 5), "1")).toThrow(
      expect.objectContaining({ code: "CW3106" }),
    );
  });
});

describe("quantised training", () => {
  test("is within 0.3 points of float", async () => {
    const testing = await readMnist("test");
    const data = first(mnist, 6000);
    const run = async (isQuantised: boolean) => {
      let parameters = initialiseParameters(model);
      for (let round = 0; round < 4; round++) {
        const options = {
          model,
          parameters,
          dataset: data,
          hyperparameters: training,
          seed: `${round}`,
        };
        const trained = await trainLocally(options);
        const delta = difference(trained.parameters, parameters);
        const randomBytes = seededBytes(`${round}`);
        const { update } = prepareUpdate({ delta, fractionBits: 12, ditherBits: 2, randomBytes });
        parameters = isQuantised
          ? parameters.map((value, i) => value + (update[i] as number) / 2 ** 12)
          : trained.parameters;
      }
      return (await evaluate({ model, parameters, dataset: testing })).accuracy;
    };

    expect(Math.abs((await run(true)) - (await run(false)))).toBeLessThan(0.003);
  });
});

describe("coalitionShapley", () => {
  test("divides the worth of all, treats equals equally, gives nothing to those who add nothing", async () => {
    // Gloves: player 0 has a left one, 1 and 2 a right one each, 3 nothing; a pair is worth 6.
    const worth = (coalition: number) => (coalition & 1 && coalition & 6 ? 6 : 0);

    const values = await coalitionShapley(4, worth);

    expect(values.map((value) => Number(value.toFixed(9)))).toEqual([4, 1, 1, 0]);
    expect(await coalitionShapley(0, () => 0)).toEqual([]);
    await expect(coalitionShapley(17, () => 0)).rejects.toThrow(RangeError);
  });
});
