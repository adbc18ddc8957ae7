import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { countValues } from "../../services/learning/count-values.ts";
import { dataFileOptions } from "../../services/learning/data/data-file-options.ts";
import { memoryDataset } from "../../services/learning/data/dataset.ts";
import { describeTable } from "../../services/learning/data/describe-table.ts";
import { fitReport } from "../../services/learning/data/fit-report.ts";
import { openDataset } from "../../services/learning/data/open-dataset.ts";
import { projectDataset } from "../../services/learning/data/project-dataset.ts";
import { seenAs } from "../../services/learning/data/reshape-to-model.ts";
import { convolutionalNetwork } from "../../services/learning/model-spec.ts";
import { requireFit } from "../../services/learning/training/train-locally.ts";
import { inspectData } from "../../services/owner/design/inspect-data.ts";
import {
  type Manifest,
  manifestText,
  readManifest,
} from "../../services/protocol/manifest/manifest.ts";
import { MANIFEST } from "../protocol/manifest/manifest-case.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "commonweight-arrays-"));
});
afterAll(() => rm(folder, { recursive: true }));

function npy(format: string, shape: readonly number[], data: Uint8Array): Uint8Array {
  const header = `{'descr': '${format}', 'fortran_order': False, 'shape': (${shape.join(", ")},), }`;
  const padded = `${header.padEnd(117)}\n`;
  return Buffer.concat([
    Buffer.from("\x93NUMPY\x01\x00v\x00", "latin1"),
    Buffer.from(padded),
    data,
  ]);
}

/** Eighty images whose class is how bright they are. */
async function writeImages(shape: readonly number[]): Promise<void> {
  const length = countValues(shape);
  const pixels = Uint8Array.from(
    { length: 80 * length },
    (_, i) => (Math.floor(i / length) % 2) * 120 + ((i * 7) % 100),
  );
  const labels = Uint8Array.from({ length: 80 }, (_, i) => i % 2);
  await writeFile(join(folder, "x.npy"), npy("|u1", [80, ...shape], pixels));
  await writeFile(join(folder, "y.npy"), npy("|u1", [80], labels));
}

it("images that will be flattened and scaled are no reason to warn the owner of shape and scale", async () => {
  await writeImages([8, 8]);
  const { data, warnings } = await inspectData(folder);

  expect(data.normalisation?.mean).toHaveLength(1);
  expect(warnings).toEqual([]);
});

it("an owner's and a trainer's images with their channels last are turned around, each value to its place", async () => {
  await writeImages([8, 8, 3]);
  const { data, dataset } = await inspectData(folder);
  const last = await openDataset({ source: folder });
  const first = await openDataset({ source: folder, files: { inputShape: [3, 8, 8] } });
  const { inputs: turned } = await first.readBatch([5, 6]);
  const { inputs: stored } = await last.readBatch([5, 6]);

  expect(data.inputShape).toEqual([3, 8, 8]);
  expect(await dataset.readBatch([5, 6])).toEqual(await first.readBatch([5, 6]));
  const place = { image: 1, y: 2, x: 7, channel: 1 };
  expect(turned[place.image * 192 + place.channel * 64 + place.y * 8 + place.x]).toBe(
    stored[place.image * 192 + (place.y * 8 + place.x) * 3 + place.channel],
  );
  // A model that takes them flat sees the same order.
  const flat = await openDataset({ source: folder, files: { inputShape: [192] } });
  expect((await flat.readBatch([5, 6])).inputs).toEqual(turned);
});

it("images of other sides are not taken for others with as many values", async () => {
  const model = convolutionalNetwork({
    ...{ inputShape: [3, 8, 8], filters: [4], classes: 2, seed: "0" },
  });
  const images = (inputShape: readonly number[]) =>
    memoryDataset({
      ...{ inputs: new Float32Array(192 * 20), inputShape, classes: 2 },
      labels: Array.from({ length: 20 }, (_, i) => i % 2),
    });
  const other = seenAs(images([8, 3, 8]), [3, 8, 8]);

  expect(() => requireFit(model, other)).toThrow(/\[8,3,8\], the model wants \[3,8,8\]/);
  expect((await fitReport(other, model)).isFit).toBe(false);
  expect(() => requireFit(model, seenAs(images([192]), [3, 8, 8]))).not.toThrow();
  expect(() => requireFit(model, seenAs(images([8, 8, 3]), [3, 8, 8]))).not.toThrow();
  // One channel lies in the same places first and last.
  expect(seenAs(images([8, 24, 1]), [1, 8, 24]).inputShape).toEqual([1, 8, 24]);
});

it("features in different units are normalised each by its own, pixels by one number", async () => {
  const at = await mkdtemp(join(folder, "units-"));
  const rows = Array.from({ length: 60 }, (_, i) => [1000 + 40 * (i % 9), (i % 4) / 100, i % 2]);
  const write = async (values: readonly number[], shape: readonly number[]) =>
    writeFile(
      join(at, "x.npy"),
      npy("<f4", shape, new Uint8Array(Float32Array.from(values).buffer)),
    );
  await writeFile(
    join(at, "y.npy"),
    npy(
      "|u1",
      [60],
      Uint8Array.from(rows, ([, , label]) => label as number),
    ),
  );

  await write(rows.flat(), [60, 3]);
  const { data, dataset, warnings } = await inspectData(at);
  const { inputs } = await projectDataset(dataset, data).readBatch([0, 1, 2, 3]);
  await write(
    rows.flat().map((_, i) => (i * 37) % 256),
    [60, 3],
  );
  const pixels = (await inspectData(at)).data;

  expect(data.normalisation?.mean).toHaveLength(3);
  expect(Math.max(...inputs.map(Math.abs))).toBeLessThan(3);
  expect(warnings).toEqual([]);
  expect(pixels.normalisation?.mean).toHaveLength(1);
});

it("a table of more columns than a manifest can name is refused before anything is asked", () => {
  const header = [...Array.from({ length: 2001 }, (_, i) => `g${i}`), "class"];
  const rows = Array.from({ length: 4 }, (_, row) =>
    header.map((_name, i) => (i === 2001 ? "ab"[row % 2] : `${row * i + row}`) as string),
  );

  expect(() => describeTable({ header, rows })).toThrow(/2001 columns .* at most 2000.*x\.npy/);
});

it("a manifest of many columns is written so short that it is read back, or refused when it is made", () => {
  const wide = (name: string) => {
    const columns = Array.from({ length: 1500 }, (_, i) => `${name}${i}`);
    const missing = Object.fromEntries(columns.map((column) => [column, 0.1234]));
    const data = { ...MANIFEST.data, table: { columns, target: "class", missing } };
    return { ...MANIFEST, data } as Manifest;
  };

  expect(JSON.stringify(wide("gene"), null, 2).length).toBeGreaterThan(65_536);
  expect(readManifest(new TextEncoder().encode(manifestText(wide("gene"))))).toEqual(wide("gene"));
  expect(() => manifestText(wide("expression level of gene "))).toThrow(
    /of 1500 columns take most/,
  );
});

describe("labels of arrays", () => {
  let at = "";
  beforeEach(async () => {
    at = await mkdtemp(join(folder, "labels-"));
    await writeFile(
      join(at, "x.npy"),
      npy(
        "|u1",
        [40, 1],
        Uint8Array.from({ length: 40 }, (_, i) => i % 2),
      ),
    );
  });
  const writeLabels = async (labels: readonly number[]) =>
    writeFile(
      join(at, "y.npy"),
      npy(
        "<i2",
        [40],
        new Uint8Array(
          Int16Array.from({ length: 40 }, (_, i) => labels[i % labels.length] as number).buffer,
        ),
      ),
    );

  it.each([
    ["from 1", [1, 2], ["1", "2"]],
    ["with gaps", [8, 3, 5], ["3", "5", "8"]],
    ["below 0", [1, -1], ["-1", "1"]],
    ["a byte's ends", [255, 0], ["0", "255"]],
  ])(
    "that are numbers %s are the classes' names, and read so by trainers",
    async (_, labels, names) => {
      await writeLabels(labels);
      const { data, dataset, classCounts } = await inspectData(at);
      const theirs = await openDataset({ source: at, files: dataFileOptions(data) });
      const wanted = labels.map((label) => names.indexOf(String(label)));

      expect(data.classes).toEqual(names);
      expect(classCounts.every((count) => count > 10)).toBe(true);
      expect([...(await dataset.readLabels())].slice(0, wanted.length)).toEqual(wanted);
      expect(await theirs.readLabels()).toEqual(await dataset.readLabels());
    },
  );

  it("count the places of classes that have names", async () => {
    await writeLabels([1, 0]);
    const open = (classes: string[]) => openDataset({ source: at, files: { classes } });

    expect([...(await (await open(["cat", "dog"])).readLabels())].slice(0, 2)).toEqual([1, 0]);
    await expect(open(["1", "2"])).rejects.toMatchObject({
      code: "CW3105",
      message: expect.stringMatching(/y.npy: label 0 of sample 1 is no class; classes are 1, 2$/),
    });
    await expect(open(["cat"])).rejects.toThrow(/label 1 of sample 0 is outside 0..0/);
  });

  it("of one class are refused: there is nothing to tell apart", async () => {
    await writeLabels([4]);

    await expect(inspectData(at)).rejects.toThrow(/all samples are of one class, "4"/);
  });
});
