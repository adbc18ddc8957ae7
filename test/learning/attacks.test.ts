import { describe, expect, test } from "vitest";
import { ATTACKS, applyAttack } from "../../services/learning/attacks/apply-attack.ts";
import type { AttackContext } from "../../services/learning/attacks/attack.ts";
import { BACKDOOR_LABEL, stampPattern } from "../../services/learning/attacks/data-attacks.ts";
import { type Dataset, memoryDataset } from "../../services/learning/data/dataset.ts";
import { normalRandom, seededRandom } from "../../services/learning/random.ts";
import { dot, norm } from "../../services/learning/training/vector.ts";

const length = 2000;

function vector(seed: string): Int16Array {
  const normal = normalRandom(seededRandom(seed));
  return Int16Array.from({ length }, () => Math.round(500 * normal() + 300));
}

const samples = memoryDataset({
  inputs: new Float32Array(16 * 10),
  labels: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  inputShape: [16],
  classes: 10,
});

let poisoned: Dataset | undefined;

const context: AttackContext = {
  honestUpdate: vector("honest"),
  random: seededRandom("attack"),
  peerUpdates: [vector("a"), vector("b"), vector("c")],
  earlierUpdates: [vector("earlier")],
  lastAggregate: vector("last"),
  leakedReference: vector("reference"),
  retrain: async (poison) => {
    poisoned = poison(samples);
    return vector("poisoned");
  },
};

const cosine = (left: Int16Array, right: Int16Array) =>
  dot(left, right) / (norm(left) * norm(right));

const meanOfPeers = () => {
  const [a, b, c] = context.peerUpdates as [Int16Array, Int16Array, Int16Array];
  return Int16Array.from(a, (value, i) => (value + (b[i] as number) + (c[i] as number)) / 3);
};

describe("attacks", () => {
  test.each(ATTACKS.map(({ name }) => name))(
    "%s gives an update and changes no argument",
    async (name) => {
      const before = context.honestUpdate.slice();

      const update = await applyAttack(name, context);

      expect(update).toBeInstanceOf(Int16Array);
      expect(update).toHaveLength(length);
      expect(update).not.toBe(context.honestUpdate);
      expect(context.honestUpdate).toEqual(before);
    },
  );

  test.each([
    ["sign-flip", -1, 1],
    ["shrink", 1, 0.2],
    ["free-rider", Number.NaN, 0],
    ["noise", Math.sqrt(1 / 10), Math.sqrt(10)],
    ["pure-noise", 0, 1],
    ["inflated", 1, 2.5],
  ])(
    "%s has the direction %f and length %f of the honest update",
    async (name, direction, size) => {
      const update = await applyAttack(name, context);

      expect(norm(update) / norm(context.honestUpdate)).toBeCloseTo(size, 0);
      if (!Number.isNaN(direction)) {
        expect(Math.abs(cosine(update, context.honestUpdate) - direction)).toBeLessThan(0.08);
      }
    },
  );

  test("copies and replays resemble what they copy", async () => {
    const [peer] = context.peerUpdates as [Int16Array];
    const last = context.lastAggregate as Int16Array;

    expect(cosine(await applyAttack("copycat", context), peer)).toBeGreaterThan(0.9);
    expect(cosine(await applyAttack("earlier-update", context), vector("earlier"))).toBeGreaterThan(
      0.99,
    );
    expect(await applyAttack("stale-replay", context)).toEqual(last);
    expect(cosine(await applyAttack("stale-replay-noisy", context), last)).toBeCloseTo(
      1 / Math.hypot(1, 0.58),
      1,
    );
    expect(
      cosine(await applyAttack("leaked-reference", context), context.leakedReference as Int16Array),
    ).toBeGreaterThan(0.99);
  });

  test("omniscient attacks stay near the peers, or opposite to them", async () => {
    expect(
      cosine(await applyAttack("little-is-enough-mild", context), meanOfPeers()),
    ).toBeGreaterThan(0.5);
    expect(cosine(await applyAttack("inner-product", context), meanOfPeers())).toBeLessThan(-0.99);
    const strong = await applyAttack("inner-product-strong", context);
    expect(norm(strong) / norm(meanOfPeers())).toBeCloseTo(2, 1);
  });

  test("those who stay among the peers go as far as their limit, and no farther", async () => {
    const peers = context.peerUpdates as readonly Int16Array[];
    const squared = (left: Int16Array, right: Int16Array) => {
      const between = Float64Array.from(left, (value, i) => value - (right[i] as number));
      return dot(between, between);
    };
    const squaresOf = (update: Int16Array) => peers.map((peer) => squared(update, peer));
    const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
    const [minMax, minSum] = [
      await applyAttack("min-max", context),
      await applyAttack("min-sum", context),
    ];

    const farthest = Math.max(...peers.flatMap(squaresOf));
    expect(Math.max(...squaresOf(minMax)) / farthest).toBeCloseTo(1, 3);
    const largestSum = Math.max(...peers.map((peer) => sum(squaresOf(peer))));
    expect(sum(squaresOf(minSum)) / largestSum).toBeCloseTo(1, 3);
    // Both against the peers' mean, whose own distances are smaller.
    for (const update of [minMax, minSum]) {
      expect(dot(update, meanOfPeers())).toBeLessThan(dot(meanOfPeers(), meanOfPeers()));
    }
    // With one peer there is nothing to hide behind.
    const alone = await applyAttack("min-max", { ...context, peerUpdates: peers.slice(0, 1) });
    expect(cosine(alone, peers[0] as Int16Array)).toBeGreaterThan(0.999);
  });

  test("aligned harm agrees with the peers just a little, and is as long as their mean", async () => {
    const update = await applyAttack("aligned-harm", context);

    expect(cosine(update, meanOfPeers())).toBeCloseTo(0.1, 2);
    expect(norm(update) / norm(meanOfPeers())).toBeCloseTo(1, 2);
  });

  test("now and then is one of the two, and both in the course of time", async () => {
    const cosines: number[] = [];
    for (let round = 0; round < 20; round++) {
      cosines.push(cosine(await applyAttack("now-and-then", context), context.honestUpdate));
    }

    expect(new Set(cosines.map((value) => Math.round(value)))).toEqual(new Set([1, -1]));
  });

  test("colluders with the same values are no exact duplicates, Sybils are", async () => {
    const one = await applyAttack("little-is-enough", context);
    const two = await applyAttack("little-is-enough", {
      ...context,
      random: seededRandom("other"),
    });
    const sybil = await applyAttack("sybil-duplicates", { ...context, leaderUpdate: one });

    expect(one).not.toEqual(two);
    expect(cosine(one, two)).toBeGreaterThan(0.999);
    expect(sybil).toEqual(one);
  });

  test("poisoned labels are the ones the attack describes", async () => {
    const labelsAfter = async (name: string) => {
      await applyAttack(name, context);
      return [...((await poisoned?.readLabels()) ?? [])];
    };

    expect(await labelsAfter("label-flip")).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    expect(await labelsAfter("targeted-flip")).toEqual([0, 1, 2, 3, 4, 5, 6, 1, 8, 9]);
    expect(await labelsAfter("backdoor")).toEqual([
      0,
      1,
      BACKDOOR_LABEL,
      3,
      BACKDOOR_LABEL,
      5,
      BACKDOOR_LABEL,
      7,
      BACKDOOR_LABEL,
      9,
    ]);
    const batch = await poisoned?.readBatch([2, 3]);
    expect(batch?.inputs.subarray(0, 16).filter((value) => value === 1)).toHaveLength(9);
    expect(batch?.inputs.subarray(16).every((value) => value === 0)).toBe(true);
  });

  test("the backdoor's pattern fits images as well", () => {
    const stamped = stampPattern(new Float32Array(25), [1, 5, 5]);

    expect([...stamped.subarray(10)]).toEqual([1, 1, 1, 0, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 0]);
  });

  test("an unknown name, and knowledge that is missing, are errors", async () => {
    const bare = { honestUpdate: context.honestUpdate, random: context.random };

    await expect(applyAttack("magic", bare)).rejects.toMatchObject({ code: "CW3501" });
    await expect(applyAttack("label-flip", bare)).rejects.toMatchObject({ code: "CW3502" });
    await expect(applyAttack("copycat", { ...bare, peerUpdates: [] })).rejects.toMatchObject({
      code: "CW3502",
    });
  });
});
