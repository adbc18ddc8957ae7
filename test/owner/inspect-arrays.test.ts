import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { memoryDataset } from "../../services/learning/data/dataset.ts";
import { describeTable } from "../../services/learning/data/describe-table.ts";
import { fitReport } from "../../services/learning/data/fit-report.ts";
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
  const length = shape.reduce((all, side) => all * side, 1);
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

it("an owner's images with their channels last are refused with the way to turn them", async () => {
  await writeImages([8, 8, 3]);

  await expect(inspectData(folder)).rejects.toMatchObject({
    code: "CW3105",
    message: expect.stringMatching(/\[8,8,3\] seem to have their channels last.*transpose/),
  });
});

it("a trainer's images with their channels last are not taken for others with as many values", async () => {
  const model = convolutionalNetwork({
    ...{ inputShape: [3, 8, 8], filters: [4], classes: 2, seed: "0" },
  });
  const images = (inputShape: readonly number[]) =>
    memoryDataset({
      ...{ inputs: new Float32Array(192 * 20), inputShape, classes: 2 },
      labels: Array.from({ length: 20 }, (_, i) => i % 2),
    });
  const last = seenAs(images([8, 8, 3]), [3, 8, 8]);

  expect(() => requireFit(model, last)).toThrow(/\[3,8,8\]; save numpy.transpose/);
  expect((await fitReport(last, model)).isFit).toBe(false);
  expect(() => requireFit(model, seenAs(images([192]), [3, 8, 8]))).not.toThrow();
  // One channel lies in the same places first and last.
  expect(seenAs(images([8, 24, 1]), [1, 8, 24]).inputShape).toEqual([1, 8, 24]);
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

it("refuses labels that do not begin at 0, and says how to count them", async () => {
  const bytes = (labels: readonly number[]) =>
    npy("|i1", [labels.length], new Uint8Array(Int8Array.from(labels).buffer));
  const at = await mkdtemp(join(folder, "labels-"));
  await writeFile(join(at, "x.npy"), npy("|u1", [40, 1], new Uint8Array(40)));
  for (const [labels, message] of [
    [[3, 7], /smallest label is 3; .*numpy.unique/],
    [[-1, 1], /label -1 .*numpy.unique/],
  ] as const) {
    await writeFile(
      join(at, "y.npy"),
      bytes(Array.from({ length: 40 }, (_, i) => labels[i % 2] as number)),
    );

    await expect(inspectData(at)).rejects.toMatchObject({
      code: "CW3105",
      message: expect.stringMatching(message),
    });
  }
});
