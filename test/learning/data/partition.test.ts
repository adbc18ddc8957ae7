import { describe, expect, test } from "vitest";
import {
  memoryDataset,
  normaliseDataset,
  relabelDataset,
  reshapeDataset,
  subsetDataset,
} from "../../../services/learning/data/dataset.ts";
import { partitionIndices } from "../../../services/learning/data/partition.ts";
import { projectDataset } from "../../../services/learning/data/project-dataset.ts";
import {
  gammaRandom,
  normalRandom,
  seededBytes,
  seededRandom,
  shuffledIndices,
  uniformRandom,
} from "../../../services/learning/random.ts";

const labels = Int32Array.from({ length: 5000 }, (_, i) => i % 10);
const base = { labels, classes: 10, parts: 8, seed: "1" } as const;

/** Mean over parts of the largest class share. */
function onesidedness(parts: readonly Int32Array[]): number {
  const shares = parts.map((part) => {
    const counts = new Array<number>(10).fill(0);
    for (const index of part)
      counts[labels[index] as number] = (counts[labels[index] as number] ?? 0) + 1;
    return Math.max(...counts) / part.length;
  });
  return shares.reduce((a, b) => a + b, 0) / shares.length;
}

describe("partitionIndices", () => {
  test.each([
    ["IID", { kind: "iid" } as const],
    ["Dirichlet", { kind: "dirichlet", alpha: 0.5 } as const],
  ])("%s parts are disjoint, complete and the same for the same seed", (_, plan) => {
    const parts = partitionIndices({ ...base, plan });

    expect(parts.map((part) => part.length)).toEqual(new Array(8).fill(625));
    expect([...parts.flatMap((part) => [...part])].sort((a, b) => a - b)).toEqual([
      ...labels.keys(),
    ]);
    expect(partitionIndices({ ...base, plan })).toEqual(parts);
    expect(partitionIndices({ ...base, plan, seed: "2" })).not.toEqual(parts);
  });

  test("Dirichlet parts are the more one-sided the smaller alpha is", () => {
    const of = (alpha: number) =>
      onesidedness(partitionIndices({ ...base, plan: { kind: "dirichlet", alpha } }));

    expect(onesidedness(partitionIndices({ ...base, plan: { kind: "iid" } }))).toBeLessThan(0.15);
    expect(of(100)).toBeLessThan(0.2);
    expect(of(0.5)).toBeGreaterThan(0.3);
    expect(of(0.05)).toBeGreaterThan(0.6);
  });

  test("follows given sizes and gives everybody at least one sample", () => {
    const parts = partitionIndices({
      ...base,
      parts: 3,
      sizes: [1, 3, 1e-9],
      plan: { kind: "iid" },
    });

    expect(parts.map((part) => part.length)).toEqual([1250, 3749, 1]);
  });

  test("refuses more parts than samples and an alpha that is not positive", () => {
    expect(() => partitionIndices({ ...base, parts: 5001, plan: { kind: "iid" } })).toThrow(
      expect.objectContaining({ code: "CW3106" }),
    );
    expect(() => partitionIndices({ ...base, plan: { kind: "dirichlet", alpha: 0 } })).toThrow(
      expect.objectContaining({ code: "CW3106" }),
    );
  });
});

describe("random numbers", () => {
  const moments = (values: readonly number[]) => {
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    return [
      mean,
      values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length,
    ] as const;
  };

  test("are pinned, so that all machines draw the same", () => {
    const random = seededRandom("pin");

    expect([random(), random(), random()]).toMatchInlineSnapshot(`
      [
        0.7157347626052797,
        0.7817524340935051,
        0.9947364411782473,
      ]
    `);
    expect([...seededBytes("pin")(6)]).toMatchInlineSnapshot(`
      [
        182,
        100,
        58,
        183,
        114,
        237,
      ]
    `);
  });

  test("have the right mean and variance", () => {
    const draw = (source: () => number) => Array.from({ length: 50_000 }, source);
    const uniform = uniformRandom(seededBytes("u"));
    const normal = normalRandom(seededRandom("n"));

    const [um, uv] = moments(draw(uniform));
    const [nm, nv] = moments(draw(normal));
    const [gm, gv] = moments(draw(() => gammaRandom(0.5, uniform, normal)));

    expect(um).toBeCloseTo(0.5, 1);
    expect(uv).toBeCloseTo(1 / 12, 2);
    expect(Math.abs(nm)).toBeLessThan(0.02);
    expect(nv).toBeCloseTo(1, 1);
    expect(gm).toBeCloseTo(0.5, 1);
    expect(gv).toBeCloseTo(0.5, 1);
  });

  test("shuffle into a permutation", () => {
    const order = shuffledIndices(100, seededRandom("s"));

    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect([...order]).not.toEqual(Array.from({ length: 100 }, (_, i) => i));
  });
});

describe("data sets", () => {
  const dataset = memoryDataset({
    inputs: Uint8Array.of(0, 255, 51, 102, 0, 0),
    labels: [0, 1, 2],
    inputShape: [2],
    classes: 3,
  });

  test("scale bytes, take subsets of subsets, relabel and reshape without changing the original", async () => {
    const subset = subsetDataset(subsetDataset(dataset, [2, 1]), [1, 0]);

    const flipped = await relabelDataset(subset, (label) => 2 - label).readBatch([0, 1]);

    expect([...flipped.inputs].map((value) => Math.round(value * 5))).toEqual([1, 2, 0, 0]);
    expect([...flipped.labels]).toEqual([1, 0]);
    expect([...(await subset.readLabels())]).toEqual([1, 2]);
    expect(reshapeDataset(dataset, [1, 1, 2]).inputShape).toEqual([1, 1, 2]);
    expect([...(await dataset.readLabels())]).toEqual([0, 1, 2]);
  });

  test("normalise per channel", async () => {
    const normal = normaliseDataset(dataset, { mean: [0, 1], deviation: [0.5, 2] });

    expect([...(await normal.readBatch([0])).inputs]).toEqual([0, 0]);
    expect(() => normaliseDataset(dataset, { mean: [0, 1, 2], deviation: [1, 1, 1] })).toThrow(
      expect.objectContaining({ code: "CW3105" }),
    );
  });

  test("refuse labels that are no class, lengths that disagree and samples that are not there", () => {
    const inputs = new Float32Array(4);

    for (const [labels, code] of [
      [[0, 3], "CW3105"],
      [[0, -1], "CW3105"],
      [[0], "CW3102"],
    ] as const) {
      expect(() => memoryDataset({ inputs, inputShape: [2], classes: 3, labels })).toThrow(
        expect.objectContaining({ code }),
      );
    }
    expect(() => subsetDataset(dataset, [3])).toThrow(expect.objectContaining({ code: "CW3106" }));
    expect(() => reshapeDataset(dataset, [3])).toThrow(expect.objectContaining({ code: "CW3105" }));
  });
});

describe("projectDataset", () => {
  test("gives samples the model's shape and the manifest's normalisation", async () => {
    const flat = memoryDataset({
      inputs: Float32Array.of(1, 2, 3, 4),
      labels: [0],
      inputShape: [4],
      classes: 1,
    });

    const seen = projectDataset(flat, {
      inputShape: [2, 1, 2],
      normalisation: { mean: [1, 3], deviation: [1, 0.5] },
    });

    expect(seen.inputShape).toEqual([2, 1, 2]);
    expect([...(await seen.readBatch([0])).inputs]).toEqual([0, 1, 0, 2]);
    expect(projectDataset(flat, { inputShape: [5] }).inputShape).toEqual([4]);
  });
});
