import { describe, expect, test } from "vitest";
import { memoryDataset } from "../../../services/learning/data/dataset.ts";
import { measureLabelRelation } from "../../../services/learning/data/label-relation.ts";
import { seededRandom } from "../../../services/learning/random.ts";

/** Samples whose features follow from the class and a drawn number between -1 and 1. */
function table(
  seed: string,
  size: { readonly samples: number; readonly features: number; readonly classes: number },
  value: (label: number, drawn: number, feature: number, sample: number) => number,
) {
  const { samples, features, classes } = size;
  const random = seededRandom(`label-relation/${seed}`);
  const labels = Int32Array.from({ length: samples }, () => Math.floor(random() * classes));
  const inputs = Float32Array.from({ length: samples * features }, (_, i) => {
    const sample = Math.floor(i / features);
    return value(labels[sample] as number, 2 * random() - 1, i % features, sample);
  });
  return memoryDataset({ inputs, labels, inputShape: [features], classes });
}

const SIZE = { samples: 300, features: 6, classes: 3 };

describe("whether classes have to do with values", () => {
  test("unrelated ones are told no better than by chance, in forty tables out of forty", async () => {
    const found = await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        measureLabelRelation(table(`noise ${i}`, SIZE, (_label, drawn) => drawn)),
      ),
    );

    const deviations = found.map((relation) => relation?.deviations ?? Number.NaN);
    expect(Math.max(...deviations)).toBeLessThan(3.5);
    expect(deviations.filter((each) => each < 2.5).length).toBeGreaterThanOrEqual(37);
    expect(found[0]?.chance).toBeCloseTo(1 / 3, 1);
  });

  test.each([
    [
      "a shift of one feature",
      SIZE,
      (label: number, drawn: number, j: number) => (j === 0 ? label + drawn : drawn),
    ],
    [
      "a weak shift of three hundred",
      { samples: 200, features: 300, classes: 2 },
      (label: number, drawn: number) => drawn + 0.12 * label,
    ],
    [
      "a scale that differs by a thousand",
      SIZE,
      (label: number, drawn: number, j: number) => (j === 0 ? label + drawn : 1000 * drawn),
    ],
  ])("%s is seen", async (name, size, value) => {
    const relation = await measureLabelRelation(table(name, size, value));

    expect(relation?.deviations).toBeGreaterThan(3);
  });

  test("rings are seen, although the means of the classes are the same", async () => {
    const rings = table(
      "rings",
      { samples: 300, features: 2, classes: 2 },
      (label, _, j, sample) => (1 + label) * (j === 0 ? Math.cos(sample) : Math.sin(sample)),
    );

    expect((await measureLabelRelation(rings))?.deviations).toBeGreaterThan(10);
  });

  test.each([
    ["one in seventy", 4000, 57],
    ["one in thirty of few", 400, 13],
  ])("a rare class that one feature tells is seen: %s", async (_, samples, rare) => {
    const random = seededRandom(`label-relation/rare ${samples}`);
    const labels = Int32Array.from({ length: samples }, (_sample, i) =>
      (i * 7919) % samples < rare ? 1 : 0,
    );
    const inputs = Float32Array.from(
      { length: samples * 6 },
      (_value, i) => 2 * random() - 1 + (i % 6 === 0 ? (labels[i / 6] as number) : 0),
    );
    const relation = await measureLabelRelation(
      memoryDataset({ inputs, labels, inputShape: [6], classes: 2 }),
    );

    expect(relation?.deviations).toBeGreaterThan(3);
  });

  test("unrelated ones with a rare class are told no better than by chance, as a rule", async () => {
    const found = await Promise.all(
      Array.from({ length: 40 }, (_, i) => {
        const random = seededRandom(`label-relation/rare noise ${i}`);
        const labels = Int32Array.from({ length: 2000 }, () => (random() < 0.015 ? 1 : 0));
        const inputs = Float32Array.from({ length: 12_000 }, () => 2 * random() - 1);
        return measureLabelRelation(memoryDataset({ inputs, labels, inputShape: [6], classes: 2 }));
      }),
    );

    const deviations = found.map((relation) => relation?.deviations ?? Number.NaN);
    expect(deviations.filter((each) => each < 2.5).length).toBeGreaterThanOrEqual(36);
  });

  test.each([
    ["few samples", { ...SIZE, samples: 40 }],
    ["one class", { ...SIZE, classes: 1 }],
  ])("%s say nothing either way", async (name, size) => {
    expect(await measureLabelRelation(table(name, size, (_, drawn) => drawn))).toBeUndefined();
  });
});
