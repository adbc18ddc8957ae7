import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { encode } from "fast-png";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeNpz } from "../../services/adapters/model-export/numpy.ts";
import { parseCsv } from "../../services/learning/data/formats/csv.ts";
import { openDataset } from "../../services/learning/data/open-dataset.ts";
import { defaultMarketOptions } from "../../services/market/market-plan.ts";
import { divideSamples } from "../../services/market/market-samples.ts";
import { encodeIdx } from "../learning/encode-idx.ts";

const examples = fileURLToPath(new URL("../../examples/penguins/", import.meta.url));
const penguins = join(examples, "penguins.csv");
const rowsOf = (path: string) => readFileSync(path, "utf8").trim().split("\n").slice(1);

describe("a market over one's own samples", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "commonweight samples "));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const divide = (dataset: string | undefined, trainers = 4) =>
    divideSamples(
      { ...defaultMarketOptions, dataset, trainers },
      { folder: join(folder, "samples"), signal: new AbortController().signal },
    );

  it("is MNIST when nothing is said, and writes nothing", async () => {
    const samples = await divide(undefined);

    expect(samples).toMatchObject({ trainerSource: "mnist", ownerSource: "mnist:test" });
    expect((await samples.design()).manifest.title).toMatch("digits");
  });

  it("deals every row of a table to the owner or to the trainers, and to nobody twice", async () => {
    const { ownerSource, trainerSource, sizes } = await divide(penguins);

    const [own, theirs] = [rowsOf(ownerSource), rowsOf(trainerSource)];
    expect(sizes).toEqual({ root: 34, pay: 68, validation: 34 });
    expect(own).toHaveLength(34 + 68 + 34);
    expect([...own, ...theirs].sort()).toEqual(rowsOf(penguins).sort());
    const { header, rows } = parseCsv(readFileSync(ownerSource, "utf8"));
    const species = new Set(rows.map((row) => row[header.indexOf("species")]));
    expect(species).toEqual(new Set(["Adelie", "Chinstrap", "Gentoo"]));
  });

  it("designs the project for them: classes and columns from the table, numbers of the proof from training", async () => {
    const { design } = await divide(penguins);

    const { manifest, terms } = await design();

    expect(manifest.title).toBe("penguins, learned together");
    expect(manifest.data.classes).toEqual(["Adelie", "Chinstrap", "Gentoo"]);
    expect(manifest.evaluation).toMatchObject({ referenceSamples: 34, paySamples: 68 });
    expect(terms.normBoundSquared).toBeGreaterThan(0n);
  });

  it("takes the column that it is told for the class, from a table of another country", async () => {
    const path = join(folder, "flowers.csv");
    const line = (i: number) => `${"abc"[i % 3]};${(i % 3) + (i % 7) / 10},5;${i % 10},25\n`;
    const rows = Array.from({ length: 150 }, (_, i) => line(i).replace(/\.\d*,/g, ","));
    writeFileSync(path, `kind;length;width\n${rows.join("")}`);
    const around = { folder: join(folder, "samples"), signal: new AbortController().signal };
    const options = { ...defaultMarketOptions, dataset: path, trainers: 4 };

    await expect(divideSamples(options, around)).rejects.toThrow(/--target; "kind"/);
    const { design } = await divideSamples({ ...options, target: "kind" }, around);

    expect((await design()).manifest.data).toMatchObject({
      classes: ["a", "b", "c"],
      table: { columns: ["length", "width"], target: "kind" },
    });
  });

  it("deals images and labels of idx files in step", async () => {
    const count = 100;
    const values = Uint8Array.from({ length: count * 4 }, (_, at) => Math.floor(at / 4));
    const labels = Uint8Array.from({ length: count }, (_, at) => at % 2);
    const images = encodeIdx({ shape: [count, 2, 2], values });
    writeFileSync(join(folder, "train-images-idx3-ubyte"), images);
    writeFileSync(
      join(folder, "train-labels-idx1-ubyte"),
      encodeIdx({ shape: [count], values: labels }),
    );

    const { ownerSource, trainerSource } = await divide(folder);

    const own = await openDataset({ source: ownerSource });
    const theirs = await openDataset({ source: trainerSource });
    expect([own.size, theirs.size]).toEqual([40, 60]);
    const { inputs, labels: classes } = await theirs.readBatch([0, 7, 59]);
    expect([...classes]).toEqual([0, 4, 8].map((at) => Math.round((inputs[at] ?? 0) * 255) % 2));
  });

  it("deals arrays of an archive, and images of folders, whose numbers stay what they are", async () => {
    const values = Float32Array.from({ length: 200 }, (_, at) => at / 7);
    const labels = Int32Array.from({ length: 100 }, (_, at) => at % 2);
    const arrays = [
      { name: "x", shape: [100, 2], values },
      { name: "y", shape: [100], values: labels },
    ];
    writeFileSync(join(folder, "samples.npz"), encodeNpz(arrays));
    for (const [name, grey] of [
      ["dark", 10],
      ["light", 240],
    ] as const) {
      mkdirSync(join(folder, "scans", name), { recursive: true });
      for (let i = 0; i < 50; i++) {
        const image = { width: 2, height: 2, channels: 1, data: Uint8Array.of(grey, i, 0, grey) };
        writeFileSync(join(folder, "scans", name, `${i}.png`), encode(image));
      }
    }

    const dealt = await divide(join(folder, "samples.npz"));
    const theirs = await openDataset({ source: dealt.trainerSource });
    expect(theirs).toMatchObject({ size: 60, inputShape: [2] });
    const { inputs, labels: classes } = await theirs.readBatch([0, 30, 59]);
    const rows = [0, 1, 2].map((row) => Math.round(((inputs[2 * row] as number) * 7) / 2));
    expect([...classes]).toEqual(rows.map((row) => row % 2));

    const scans = await divideSamples(
      { ...defaultMarketOptions, dataset: join(folder, "scans"), trainers: 4 },
      { folder: join(folder, "dealt"), signal: new AbortController().signal },
    );
    expect((await openDataset({ source: scans.ownerSource })).inputShape).toEqual([1, 2, 2]);
  });

  it("deals labels so that the project reads them as the same classes: numbers that are names, and names", async () => {
    const values = Float32Array.from({ length: 120 }, (_, at) => at);
    const numbers = Int32Array.from({ length: 120 }, (_, at) => [8, 3, 5][at % 3] as number);
    const source = join(folder, "numbers.npz");
    writeFileSync(
      source,
      encodeNpz([
        { name: "x", shape: [120, 1], values },
        { name: "y", shape: [120], values: numbers },
      ]),
    );

    const { trainerSource } = await divide(source);
    const theirs = await openDataset({
      source: trainerSource,
      files: { classes: ["3", "5", "8"] },
    });

    const { inputs, labels } = await theirs.readBatch([0, 20, 40]);
    expect([...labels]).toEqual(Array.from(inputs, (value) => [2, 0, 1][value % 3]));
  });

  it("lets a cnn learn packed idx images of any shape, and refuses one for a table", async () => {
    const [count, height, width] = [160, 8, 6];
    const values = Uint8Array.from(
      { length: count * height * width },
      (_, at) => (Math.floor(at / (height * width)) % 2) * 200 + (at % 7),
    );
    const labels = Uint8Array.from({ length: count }, (_, at) => at % 2);
    const write = (name: string, shape: number[], bytes: Uint8Array) =>
      writeFileSync(join(folder, name), gzipSync(encodeIdx({ shape, values: bytes })));
    write("train-images-idx3-ubyte.gz", [count, height, width], values);
    write("train-labels-idx1-ubyte.gz", [count], labels);
    const around = { folder: join(folder, "samples"), signal: new AbortController().signal };
    const options = { ...defaultMarketOptions, trainers: 4, model: "cnn" } as const;

    const { design } = await divideSamples({ ...options, dataset: folder }, around);
    const table = await divideSamples({ ...options, dataset: penguins }, around);

    expect((await design()).manifest.data.inputShape).toEqual([1, height, width]);
    await expect(table.design()).rejects.toMatchObject({ code: "CW4024" });
  });

  it("refuses too few samples for so many trainers, with the numbers", async () => {
    await expect(divide(join(examples, "ana.csv"), 5)).rejects.toMatchObject({
      code: "CW6004",
      message: expect.stringMatching(/30 samples for 5 trainers/),
    });
  });

  it("ships a table that is the tutorial's five dealt together", () => {
    const parts = ["owner", "ana", "ben", "cleo", "mallory"].map((name) => `${name}.csv`);

    const dealt = parts.flatMap((name) => rowsOf(join(examples, name)));

    expect(rowsOf(penguins).sort()).toEqual(dealt.sort());
  });
});
