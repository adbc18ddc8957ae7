import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { csvDataset } from "../../../services/learning/data/csv-dataset.ts";
import { describeTable, tableData } from "../../../services/learning/data/describe-table.ts";
import { decodeJpeg } from "../../../services/learning/data/formats/jpeg.ts";
import { openDataFiles } from "../../../services/learning/data/open-data-files.ts";
import { openUnlabelled } from "../../../services/learning/data/open-unlabelled.ts";
import { openParquetSource } from "../../../services/learning/data/parquet-source.ts";
import { readTable } from "../../../services/learning/data/read-table.ts";
import { unpackedGroups } from "../../../services/learning/data/unpacked-groups.ts";
import { inspectData } from "../../../services/owner/design/inspect-data.ts";
import { fixture, fixtureFolder } from "../fixtures/fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "commonweight-parquet-"));
afterAll(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(fixtureFolder, name);

/** A file with these bytes. */
function fileOf(name: string, bytes: Uint8Array): string {
  writeFileSync(join(folder, name), bytes);
  return join(folder, name);
}

/** A folder of these of our files, called otherwise. */
function folderOf(name: string, files: Readonly<Record<string, string>>): string {
  mkdirSync(join(folder, name));
  for (const [to, from] of Object.entries(files)) copyFileSync(at(from), join(folder, name, to));
  return join(folder, name);
}

const leavesCsv = readFileSync(at("leaves.csv"), "utf8");
const project = {
  targetColumn: "species",
  columns: ["count", "length", "colour", "wet"],
  categories: { colour: ["blue", "green", "red"], wet: ["False", "True"] },
  missing: { count: 500 },
  classes: ["beech", "oak"],
};

describe("a table in a Parquet file", () => {
  it.each([
    ...["none", "snappy", "gzip", "brotli", "zstd", "lz4"],
    ...["plain", "delta", "second", "pages", "pandas"],
  ])("(%s) gives the samples that the same table gives as CSV", async (name) => {
    const expected = csvDataset(leavesCsv, project);

    const dataset = await openDataFiles(at(`leaves-${name}.parquet`), project);

    const all = Array.from({ length: 40 }, (_, i) => i);
    expect(await dataset.readBatch(all)).toEqual(await expected.readBatch(all));
    expect(await dataset.readLabels()).toEqual(await expected.readLabels());
  });

  it("has each kind of value as pandas writes it, and nothing where none is", async () => {
    const { table, leftOut } = (await readTable(at("kinds.parquet"))) ?? {};

    expect(leftOut).toEqual([]);
    expect(table?.rows[1]).toEqual(table?.header.map(() => ""));
    const column = (name: string) => {
      const place = table?.header.indexOf(name) ?? -1;
      return [table?.rows[0]?.[place], table?.rows[2]?.[place]];
    };
    expect(column("i8")).toEqual(["-128", "127"]);
    expect(column("u32")).toEqual(["0", "4294967295"]);
    expect(column("i64")).toEqual(["-4611686018427387904", "7"]);
    expect(column("u64")).toEqual(["18446744073709551615", "7"]);
    expect(column("f16")).toEqual(["0.5", "-2"]);
    expect(column("f32")).toEqual(["0.1", ""]);
    expect(column("f64")).toEqual(["0.1", "1e+300"]);
    expect(column("flag")).toEqual(["True", "False"]);
    expect(column("text")).toEqual(["Größe", 'a "b", c']);
    expect(column("word")).toEqual(["x", "x"]);
    expect(column("raw")).toEqual(["bytes", ""]);
    expect(column("day")).toEqual(["1969-07-20", "2024-02-29"]);
    expect(column("moment")).toEqual(["2024-02-29 12:30:00", "1960-01-01 00:00:00"]);
    expect(column("price")).toEqual(["12.30", "-0.05"]);
  });

  it("has days where all moments of a column are midnights, as pandas writes them", async () => {
    const { table } = (await readTable(at("midnights.parquet"))) ?? {};

    expect(table?.rows).toEqual([
      ["2024-02-29", "2024-02-29 00:00:00", "a"],
      ["", "", "b"],
      ["1960-01-01", "1960-01-01 00:00:00", "a"],
    ]);
  });

  it("becomes a project as the CSV does, with what is left out of it told", async () => {
    const { data, table, classCounts } = await inspectData(at("leaves-zstd.parquet"), {
      target: "species",
    });
    const nested = await inspectData(at("nested.parquet"));

    expect(data.classes).toEqual(["beech", "oak"]);
    expect(data).toEqual(
      tableData(describeTable((await readTable(at("leaves.csv")))?.table ?? never())),
    );
    expect(table?.rows).toHaveLength(40);
    expect(classCounts).toEqual([8, 32]);
    expect(nested.data.table).toMatchObject({ columns: ["size"], target: "kind" });
    expect(nested.dropped).toEqual([
      { column: "place", why: "it holds structs" },
      { column: "words", why: "it holds lists of other things than numbers" },
    ]);
  });

  it("is refused where a project wants a column that has no cells", async () => {
    const options = { targetColumn: "kind", classes: ["a", "b"] };

    await expect(
      openDataFiles(at("nested.parquet"), { ...options, columns: ["place"] }),
    ).rejects.toMatchObject({
      code: "CW3104",
      message: expect.stringMatching(/column "place" holds structs, and .* column of its own/),
    });
    await expect(
      openDataFiles(at("nested.parquet"), { ...options, columns: ["area"] }),
    ).rejects.toMatchObject({ code: "CW3105", message: expect.stringContaining('"area"') });
    expect(
      (await openDataFiles(at("nested.parquet"), { ...options, columns: ["size"] })).size,
    ).toBe(4);
  });

  it("has no column of how pandas numbered its rows", async () => {
    const columns = ["length", "width", "count", "colour", "wet", "species"];

    expect((await readTable(at("leaves-pandas.parquet")))?.table.header).toEqual(columns);
  });

  it("needs no class to be predicted from, and keeps its rows", async () => {
    const { dataset, table } = await openUnlabelled(at("leaves-lz4.parquet"), project);

    expect(dataset.size).toBe(40);
    expect(table?.header).toContain("width");
    expect(table?.rows[1]).toEqual(["1.125", "0.1", "1", "green", "False", "oak"]);
  });
});

const never = (): never => {
  throw new Error("no table");
};

describe("images in Parquet files", () => {
  it("are read from all files of a folder in the order of their names, those to train on", async () => {
    const dataset = await openDataFiles(at("shards"), { findsClasses: true });

    expect(dataset).toMatchObject({ size: 4, inputShape: [3, 7, 11], classNames: ["cat", "dog"] });
    expect(await dataset.readLabels()).toEqual(Int32Array.of(0, 1, 1, 0));
    const { inputs, labels } = await dataset.readBatch([3, 1, 0]);
    expect(labels).toEqual(Int32Array.of(0, 1, 0));
    const images = await Promise.all(
      ["restarts", "progressive", "colour"].map((name) => decodeJpeg(fixture(`${name}.jpg`))),
    );
    expect(inputs).toEqual(Float32Array.from(images.flatMap(({ values }) => [...values])));
  });

  it("are a project's by the names of its classes, whatever their order in the file", async () => {
    const dataset = await openDataFiles(at("shards"), { classes: ["dog", "eel", "cat"] });

    expect(await dataset.readLabels()).toEqual(Int32Array.of(2, 0, 0, 2));
  });

  it("may be bytes without a struct, with labels of words", async () => {
    const dataset = await openDataFiles(at("images-bytes.parquet"), { findsClasses: true });

    expect(dataset).toMatchObject({ size: 3, inputShape: [3, 7, 11], classNames: ["cat", "dog"] });
    expect(await dataset.readLabels()).toEqual(Int32Array.of(1, 0, 0));
  });

  it("say where one is missing, and need no labels to be predicted from", async () => {
    const dataset = await openDataFiles(at("images-gap.parquet"));
    const { dataset: unlabelled } = await openUnlabelled(at("images-bytes.parquet"), {});

    await expect(dataset.readBatch([1])).rejects.toMatchObject({
      code: "CW3105",
      message: expect.stringMatching(/row 2 has no image in column "image"; its bytes/),
    });
    expect(await unlabelled.readLabels()).toEqual(new Int32Array(3));
  });

  it("become a project, which names the column of the class where its owner did", async () => {
    const guessed = await inspectData(at("shards"));
    const named = await inspectData(at("shards"), { target: "label" });

    expect(guessed.data).toEqual({ inputShape: [3, 7, 11], classes: ["cat", "dog"] });
    expect(named.data.table).toEqual({ columns: ["image"], target: "label" });
    await expect(inspectData(at("shards"), { target: "species" })).rejects.toMatchObject({
      code: "CW3105",
      message: expect.stringContaining('no column "species" of classes; there are "label"'),
    });
  });

  it("are told where they stand beside other columns, which are a table without them", async () => {
    const lists = await inspectData(at("lists-beside.parquet"));
    const table = await inspectData(at("lists-beside.parquet"), { drop: ["vector"] });
    const neither = await inspectData(at("lists-beside.parquet"), { drop: ["kind"] });

    expect(lists.data.inputShape).toEqual([2]);
    expect(lists.told).toEqual([
      {
        column: "vector",
        what: expect.stringContaining("lists of numbers, each of them a sample"),
      },
    ]);
    expect(lists.dropped).toEqual(
      ["size", "kind"].map((column) => ({ column, why: 'the samples are column "vector"' })),
    );
    expect(table.data.table).toMatchObject({ columns: ["size", "kind"], target: "label" });
    expect(table.dropped).toEqual([{ column: "vector", why: "it holds lists of numbers" }]);
    expect(neither.data.table).toEqual({ columns: ["vector"], target: "label" });
    expect(neither.dropped).toContainEqual({ column: "kind", why: "you said so" });
    await expect(
      inspectData(at("lists-beside.parquet"), { drop: ["colour"] }),
    ).rejects.toMatchObject({
      code: "CW3105",
      message: expect.stringContaining('no column "colour"; there are size, vector, kind, label'),
    });
  });

  it("are looked for one folder deeper, as a repository of samples has them", async () => {
    const repository = join(folder, "repository");
    mkdirSync(join(repository, "data"), { recursive: true });
    copyFileSync(at("lists.parquet"), join(repository, "data/train.parquet"));

    await expect(openDataFiles(repository)).rejects.toMatchObject({
      code: "CW3105",
      message: expect.stringContaining(`; bring ${join(repository, "data")}, where Parquet files`),
    });
  });

  it("of a folder have to be of one part of a data set, with the same columns", async () => {
    const parts = folderOf("parts", {
      "test-00000-of-00001.parquet": "shards/test-00000-of-00001.parquet",
      "validation.parquet": "shards/test-00000-of-00001.parquet",
    });
    const unlike = folderOf("unlike", {
      "a.parquet": "shards/test-00000-of-00001.parquet",
      "b.parquet": "leaves-none.parquet",
    });

    await expect(openDataFiles(parts)).rejects.toMatchObject({
      code: "CW3105",
      message: expect.stringMatching(/none of them called train; bring one file/),
    });
    await expect(openDataFiles(unlike)).rejects.toMatchObject({
      code: "CW3105",
      message: expect.stringMatching(/b\.parquet: there is no column "image"/),
    });
  });
});

describe("groups of rows", () => {
  it("are unpacked once, until others need the memory", async () => {
    const source = (await openParquetSource(at("lists.parquet"))) ?? never();
    const unpacked: number[] = [];
    const read = unpackedGroups(
      source,
      async ({ groupIndex }) => {
        unpacked.push(groupIndex);
        return { rows: groupIndex, bytes: 10 };
      },
      20,
    );

    const rows: number[] = [];
    for (const index of [0, 1, 3, 0, 4, 2, 0]) rows.push((await read(index)).rows);

    expect(rows).toEqual([0, 0, 1, 0, 2, 1, 0]);
    expect(unpacked).toEqual([0, 1, 2, 1, 0]);
  });
});

describe("lists of numbers in Parquet files", () => {
  it("are inputs of the shape that they have", async () => {
    const nested = await openDataFiles(at("lists.parquet"));
    const fixed = await openDataFiles(at("lists-fixed.parquet"), { findsClasses: true });

    expect(nested).toMatchObject({ size: 5, inputShape: [2, 3], classes: 3 });
    expect((await nested.readBatch([4, 0])).inputs).toEqual(
      Float32Array.of(4, 5, 6, 7, 8, 9, 0, 1, 2, 3, 4, 5),
    );
    expect(fixed).toMatchObject({ size: 3, inputShape: [2], classNames: ["x", "y"] });
    expect((await fixed.readBatch([2])).inputs).toEqual(Float32Array.of(5, 6));
  });

  it("have to be of one length", async () => {
    await expect(openDataFiles(at("lists-ragged.parquet"))).rejects.toMatchObject({
      code: "CW3105",
      message: expect.stringMatching(/column "vector": the list of row 2 is not of the length/),
    });
    await expect(openDataFiles(at("lists-gap.parquet"))).rejects.toMatchObject({
      code: "CW3105",
      message: expect.stringMatching(/the list of row 2 is empty or lacks a number; all rows/),
    });
  });
});

describe("a Parquet file that cannot be read", () => {
  const whole = fixture("leaves-snappy.parquet");
  const footer = (bytes: number, magic: string) => {
    const end = Buffer.alloc(8, magic.padStart(8));
    end.writeUInt32LE(bytes);
    return end;
  };

  it("is damaged wherever it is cut", async () => {
    for (let length = 0; length < whole.length; length += 7) {
      const path = fileOf("cut.parquet", whole.subarray(0, length));
      await expect(openDataFiles(path, project)).rejects.toMatchObject({ code: "CW3102" });
    }
    await expect(openDataFiles(fileOf("cut.parquet", whole.subarray(0, -1)))).rejects.toThrow(
      /cut\.parquet: .*ends without "PAR1"; was it copied or downloaded as a whole/,
    );
  });

  it.each([
    ["of another kind", Buffer.from("not Parquet at all"), "CW3102", /begins with "not "/],
    [
      "not fetched yet",
      Buffer.from("version https://git-lfs.github.com/spec/v1\noid sha256:…\nsize 1\n"),
      "CW3102",
      /git lfs pull/,
    ],
    [
      "encrypted",
      Buffer.concat([Buffer.from("PARE"), whole.subarray(4, -4), Buffer.from("PARE")]),
      "CW3104",
      /encrypted; write it without/,
    ],
    [
      "whose footer is longer than itself",
      Buffer.concat([whole.subarray(0, -8), footer(99_999, "PAR1")]),
      "CW3102",
      /footer is longer/,
    ],
    [
      "whose footer is garbage",
      Buffer.concat([whole.subarray(0, 4), Buffer.alloc(100, 0x1c), footer(100, "PAR1")]),
      "CW3102",
      /footer is damaged/,
    ],
  ])("%s is refused as that", async (name, bytes, code, words) => {
    await expect(openDataFiles(fileOf(`${name}.parquet`, bytes))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(words),
    });
  });

  it("is refused for a footer that takes too much memory, before it is read", async () => {
    const path = fileOf("large.parquet", Buffer.from("PAR1"));
    await truncate(path, 32 * 1024 * 1024);
    writeFileSync(path, footer(17 * 1024 * 1024, "PAR1"), { flag: "a" });

    await expect(openDataFiles(path)).rejects.toMatchObject({ code: "CW3103" });
  });

  it("is not there, or has columns of one name", async () => {
    await expect(openDataFiles(join(folder, "no.parquet"))).rejects.toMatchObject({
      code: "CW3101",
    });
    await expect(openDataFiles(at("twins.parquet"))).rejects.toMatchObject({
      code: "CW3102",
      message: expect.stringContaining('column name "size" appears twice'),
    });
  });
});
