import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { encode } from "fast-png";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeNpz } from "../../services/adapters/model-export/numpy.ts";
import { csvDataset, describeColumns } from "../../services/learning/data/csv-dataset.ts";
import { describeTable } from "../../services/learning/data/describe-table.ts";
import { parseCsv } from "../../services/learning/data/formats/csv.ts";
import { decodeIdx } from "../../services/learning/data/formats/idx.ts";
import { decodePng } from "../../services/learning/data/formats/png.ts";
import { decodePnm } from "../../services/learning/data/formats/pnm.ts";
import { openDataFiles } from "../../services/learning/data/open-data-files.ts";
import { encodeIdx } from "./encode-idx.ts";
import { npy, numpyFile } from "./numpy-files.ts";

const code = (wanted: string) => expect.objectContaining({ code: wanted });
const bytesOf = (text: string) => new TextEncoder().encode(text);

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "data-test-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function folderWith(name: string, files: Record<string, Uint8Array | string>) {
  const path = join(folder, name);
  for (const [file, content] of Object.entries(files)) {
    await mkdir(join(path, file, ".."), { recursive: true });
    await writeFile(join(path, file), content);
  }
  return path;
}

describe("CSV", () => {
  test("keeps quotes, commas and line breaks inside quotes", () => {
    const table = parseCsv('name,"a, b"\r\n"say ""hi""","two\nlines"\n\nx,\n');

    expect(table).toEqual({
      header: ["name", "a, b"],
      rows: [
        ['say "hi"', "two\nlines"],
        ["x", ""],
      ],
    });
  });

  test.each([
    ["an open quote", 'a,b\n"1,2\n'],
    ["text after a closing quote", 'a,b\n"1"x,2\n'],
    ["a short row", "a,b\n1\n"],
    ["a doubled column", "a,a\n1,2\n"],
    ["nothing", ""],
  ])("refuses %s", (_, text) => {
    expect(() => parseCsv(text)).toThrow(code("CW3102"));
  });

  test("refuses a header that would fill the memory", () => {
    const header = Array.from({ length: 70_000 }, (_, i) => `c${i}`).join();

    expect(() => parseCsv(header)).toThrow(code("CW3103"));
  });

  test("becomes samples with the target column wherever it is", async () => {
    const dataset = csvDataset("species,length,width\nb,1.5,2\na,-3,4e-1\n", {
      targetColumn: "species",
      classes: ["a", "b"],
    });

    expect(dataset).toMatchObject({ size: 2, inputShape: [2], classes: 2 });
    expect(await dataset.readBatch([1, 0])).toEqual({
      inputs: Float32Array.of(-3, 0.4, 1.5, 2),
      labels: Int32Array.of(0, 1),
    });
  });

  test("reports and encodes categories and missing values only as told", async () => {
    const text = "colour,size,class\nred,1,0\nblue,NA,1\n";

    expect(describeColumns(parseCsv(text))).toEqual([
      { name: "colour", kind: "category", missing: 0, values: ["blue", "red"] },
      { name: "size", kind: "number", missing: 1, values: [] },
      { name: "class", kind: "number", missing: 0, values: [] },
    ]);
    expect(() => csvDataset(text, { missing: { size: 0 } })).toThrow(code("CW3105"));
    expect(() => csvDataset(text, { categories: { colour: ["red", "blue"] } })).toThrow(
      code("CW3105"),
    );
    expect(() =>
      csvDataset(text, { categories: { colour: ["red"] }, missing: { size: 0 } }),
    ).toThrow(code("CW3105"));
    const dataset = csvDataset(text, {
      categories: { colour: ["red", "blue"] },
      missing: { size: -1 },
    });
    expect(await dataset.readBatch([0, 1])).toMatchObject({
      inputs: Float32Array.of(1, 0, 1, 0, 1, -1),
    });
  });

  test("names everything that does not fit a project at once, with row and text", () => {
    const project = {
      targetColumn: "species",
      columns: ["mass", "colour", "height"],
      classes: ["cat", "dog"],
      categories: { colour: ["red", "blue"] },
      missing: { mass: 1, height: 1 },
    };
    const refusal = (text: string) => {
      try {
        csvDataset(text, project);
      } catch (error) {
        return (error as Error).message;
      }
      return "accepted";
    };

    const all = refusal("mass,colour,species\n1,red,cat\nheavy,pink,\n1e39,pink,fox\n");

    expect(all).toContain('there is no column "height"; there are "mass", "colour", "species"');
    expect(all).toContain(
      'column "mass" has values that are no numbers (2 of 3 cells, as "heavy", "1e39" in row 2)',
    );
    expect(all).toContain(
      'column "colour" has unknown values (2 of 3 cells, as "pink" in row 2); known are red, blue',
    );
    expect(all).toContain(
      'column "species" has values that are no class (2 of 3 cells, as "", "fox" in row 2); classes are cat, dog',
    );
    expect(refusal("mass,colour,height,species\n1, red ,2, cat\n")).toBe("accepted");
  });

  test("takes a class and a word for the same however their letters are put together", async () => {
    const [short, long] = [
      (text: string) => text.normalize("NFC"),
      (text: string) => text.normalize("NFD"),
    ];
    const read = (text: string, form: (text: string) => string) =>
      csvDataset(text, {
        classes: ["gutartig", form("bösartig")],
        categories: { Farbe: ["rot", form("grün")] },
      });

    for (const [own, project] of [
      [long, short],
      [short, long],
    ] as const) {
      const dataset = read(own("Farbe,class\ngrün,bösartig\nrot,gutartig\n"), project);
      expect(await dataset.readBatch([0, 1])).toEqual({
        inputs: Float32Array.of(0, 1, 1, 0),
        labels: Int32Array.of(1, 0),
      });
    }
  });

  test("finds a column however its name's letters are put together", async () => {
    const text = "Größe,Länge,Güte\n1,3,0\n2,4,1\n";
    const [own, project] = [text.normalize("NFD"), (name: string) => name.normalize("NFC")];

    const dataset = csvDataset(own, {
      columns: ["Länge", "Größe"].map(project),
      targetColumn: project("Güte"),
    });

    expect(await dataset.readBatch([0, 1])).toEqual({
      inputs: Float32Array.of(3, 1, 4, 2),
      labels: Int32Array.of(0, 1),
    });
    const { table } = describeTable(parseCsv(own), {
      target: project("Güte"),
      drop: [project("Länge")],
    });
    expect(table).toMatchObject({ target: project("Güte"), columns: [project("Größe")] });
    expect(() => parseCsv(`Güte,${"Güte".normalize("NFD")}\n1,2\n`)).toThrow(
      'column name "Güte" appears twice',
    );
  });

  test("refuses a table of which no column has a name, instead of ending in it", () => {
    expect(() => csvDataset(",")).toThrow("table: it has no columns");
    expect(() => describeTable(parseCsv(","))).toThrow("table: it has no columns");
  });

  test("takes two spellings of a class, composed otherwise, for one", () => {
    const { classes } = describeTable(
      parseCsv(`x,class\n1,gut\n2,böse\n3,${"böse".normalize("NFD")}\n`),
    );

    expect(classes).toEqual(["böse", "gut"]);
  });

  test("takes a class for the same number however it is written", async () => {
    const dataset = csvDataset("x,class\n1,2.0\n2,1\n", { classes: ["1", "2"] });

    expect(await dataset.readLabels()).toEqual(Int32Array.of(1, 0));
  });

  test.each([
    ["semicolons", 'a;"b; c";species\n1,5;"1.250,75";x, y\n-,5;2;z\n'],
    ["tabs", 'a\t"b; c"\tspecies\r\n1.5\t1250.75\tx, y\r\n-.5\t2\tz\r\n'],
    ["bars", 'a|"b; c"|species\n1.5|1250.75|x, y\n-0.5|2|z\n'],
    [
      "what the first line says",
      '\ufeffsep=;\r\na;"b; c";species\r\n1,5;1250,75;x, y\r\n-,5;2;z\r\n',
    ],
    [
      "a tab that the first line says",
      'sep=\t\na\t"b; c"\tspecies\n1.5\t1250.75\tx, y\n-.5\t2\tz\n',
    ],
  ])("reads columns between %s, and their numbers with commas or points", (_, text) => {
    const { header, rows } = parseCsv(text);

    expect(header).toEqual(["a", "b; c", "species"]);
    expect(rows.map(([a, b, species]) => [Number(a), Number(b), species])).toEqual([
      [1.5, 1250.75, "x, y"],
      [-0.5, 2, "z"],
    ]);
  });

  test("takes a point for thousands only where numbers have commas, and refuses both signs in a column", () => {
    const secondColumn = (text: string) => parseCsv(text).rows.map((row) => row[1]);

    expect(secondColumn("a;b\n0,5;1.234\n1;x 1.234,5\n")).toEqual(["1234", "x 1.234,5"]);
    expect(secondColumn("a;b\n5;1.234\n1;0.5\n")).toEqual(["1.234", "0.5"]);
    expect(secondColumn("a\tb\n5\t1,234\n")).toEqual(["1,234"]);
    expect(secondColumn("a\tb\n5,5\t1,234\n")).toEqual(["1.234"]);
    expect(secondColumn('a,b\n5,"1,5"\n')).toEqual(["1,5"]);
    expect(() => parseCsv("a;b\n0,5;1\n0.25;2\n")).toThrow(
      'column "a" has numbers with a comma and "0.25" in row 2; write all of them with a point',
    );
  });

  test("a remark above the names is found out", () => {
    expect(() => parseCsv("# exported in May\na,class\n1,x\n")).toThrow(
      "a title or a remark above",
    );
  });

  test("leaves out what programs write beside a table: a nameless count of rows, empty columns at the end", () => {
    const { header, rows } = parseCsv(",a,class,,\n0,5,x,,\n1,6,y,,\n");

    expect(header).toEqual(["a", "class"]);
    expect(rows).toEqual([
      ["5", "x"],
      ["6", "y"],
    ]);
  });

  test.each([
    ["a nameless column of values", "a,,class\n1,2.5,x\n", 'column 2 has no name, and "2.5"'],
    ["a name that is there twice", "a,a,class\n1,2,x\n", 'column name "a" appears twice'],
    ["no row of names, with whole numbers", "5,5,x\n1,2,y\n", "is there a row of names above"],
    ["no row of names, with fractions", "-0.5,2.25,x\n1,2,y\n", 'a column is called "-0.5"'],
  ])("refuses %s in words that say why", (_, text, words) => {
    expect(() => parseCsv(text)).toThrow(words);
  });

  test("an amount is no class: it says what to do, and which column could be one", () => {
    const rows = Array.from({ length: 200 }, (_, i) => [`${i % 4}`, `${i}`, `${1000 + 7 * i}`]);
    const describing = () => describeTable({ header: ["rooms", "area", "price"], rows });

    expect(describing).toThrow(
      /"price" has 200 .* divide it into ranges first.*--target; "rooms" could be one$/,
    );
    expect(() =>
      describeTable({
        header: ["a", "class"],
        rows: [
          ["1", "x"],
          ["2", " "],
        ],
      }),
    ).toThrow(/without a class in column "class" \(1 of 2 cells, as " " in row 2\); leave/);
    expect(() => describeTable({ header: ["a", "class"], rows: [] })).toThrow("no samples");
    expect(() => describeTable({ header: ["a", "class"], rows: [["1", "x"]] })).toThrow(
      "one class",
    );
  });

  test("a last column of fractions is taken for the class only when it was said to be one", () => {
    const rows = Array.from({ length: 30 }, (_, i) => ["ab"[i % 2] as string, `${(i % 3) / 2}`]);
    const table = { header: ["kind", "width"], rows };

    expect(() => describeTable(table)).toThrow(
      /"width", has fractions as "0.5".*--target; "kind" could be one$/,
    );
    expect(describeTable(table, { target: "width" }).classes).toEqual(["0", "0.5", "1"]);
    expect(describeTable(table, { target: "kind" }).classes).toEqual(["a", "b"]);
  });

  test("a last column with gaps, taken for the class because none is called so, asks which one is", () => {
    const rows = Array.from({ length: 30 }, (_, i) => [`${i % 2}`, i % 4 ? "S" : ""]);

    expect(() => describeTable({ header: ["survived", "port"], rows })).toThrow(
      /no column is called like a class, and the last, "port", has rows without one \(8 of 30 .*--target; "survived" could be one$/,
    );
    expect(() => describeTable({ header: ["survived", "port"], rows }, { target: "port" })).toThrow(
      /rows without a class in column "port" .*; leave them out$/,
    );
  });

  test.each([
    ["dates of a country", (i: number) => `${10 + (i % 19)}.${1 + (i % 12)}.${2000 + i}`, /days/],
    ["moments", (i: number) => `${2000 + i}-02-11 10:0${i % 10}:00`, /a date or time says/],
    ["times", (i: number) => `${i % 24}:${10 + i}`, /a date or time says something as numbers/],
    ["prices", (i: number) => `€ ${i},50`, /without other signs, as 0\.5$/],
    ["identifiers", (i: number) => `T${String(i).padStart(5, "0")}`, /as "T00000"$/],
  ])("a column of %s is left out with the advice that fits", (_, cellOf, advice) => {
    const rows = Array.from({ length: 40 }, (_row, i) => [cellOf(i), `${i}`, i % 2 ? "a" : "b"]);
    const { dropped } = describeTable({ header: ["at", "x", "kind"], rows }, { target: "kind" });

    expect(dropped).toEqual([{ column: "at", why: expect.stringMatching(advice) }]);
  });

  test("row numbers and identifiers are left out by what programs call them", () => {
    const header = [
      "Unnamed: 0",
      "Unnamed: 0.1",
      "PassengerId",
      "customerID",
      "GRID",
      "fluid",
      "class",
    ];
    const rows = Array.from({ length: 30 }, (_, i) => [
      ...header.slice(1).map((_, at) => `${(i * 7) % (11 + at)}`),
      `${i % 2}`,
    ]);

    const { table, dropped } = describeTable({ header, rows });

    expect(table.columns).toEqual(["GRID", "fluid"]);
    expect(dropped.map(({ column }) => column)).toEqual(header.slice(0, 4));
  });

  test.each([
    ["commas", (i: number) => `${i},5`],
    ["money", (i: number) => `$1,${100 + i}.50`],
    ["a unit", (i: number) => `${i}.5 kg`],
  ])("numbers with %s are told how to be written", (_, cell) => {
    const rows = Array.from({ length: 60 }, (_, i) => [cell(i), `${i % 2}`]);
    const text = rows.map(([a, kind]) => `"${a}",${kind}\n`).join("");

    expect(() => describeTable({ header: ["a", "class"], rows })).toThrow(
      /no column is left .*"a" is left out, .*write numbers with a point and without other signs/,
    );
    expect(() => csvDataset(`a,class\n${text}`)).toThrow(
      /no numbers \(60 of 60 .*write numbers with a point/,
    );
  });

  test("words are not told to be numbers", () => {
    expect(() => csvDataset("a,class\nred,0\nblue,1\n")).toThrow(
      /no numbers \(2 of 2 cells, as "red", "blue" in row 1\)/,
    );
  });

  test("says what became of gaps and of words", () => {
    const rows = Array.from({ length: 40 }, (_, i) => [
      i === 3 ? "NA" : `${i}`,
      i % 2 ? "red" : "blue",
      `${i % 3}`,
    ]);

    expect(describeTable({ header: ["a", "colour", "class"], rows }).told).toEqual([
      { column: "a", what: "1 of 40 cells are missing, its mean stands for them" },
      { column: "colour", what: "2 different words, a 0 or 1 for each (--drop leaves it out)" },
    ]);
  });

  test("takes a table of one column for one", () => {
    expect(parseCsv("class\n1\n").header).toEqual(["class"]);
  });

  test("looks at a table whose number column holds one word: it says which, instead of losing the column silently", () => {
    const rows = Array.from({ length: 60 }, (_, i) => [i === 7 ? "inf" : `${i}`, `${i % 2}`]);
    const noise = Array.from({ length: 60 }, (_, i) => [`name ${i}`, `${i % 2}`]);
    const dropped = (cells: string[][]) =>
      describeTable({
        header: ["b", "a", "class"],
        rows: cells.map(([b, c], i) => [b, i, c].map(String)),
      }).dropped;

    expect(dropped(rows)).toEqual([
      { column: "b", why: 'not all of it is numbers (1 of 60 cells, as "inf" in row 8)' },
    ]);
    expect(dropped(noise)[0]?.why).toMatch("text with more than 30");
  });

  test("leaves out a column of which nothing is known", () => {
    const rows = Array.from({ length: 20 }, (_, i) => [i % 3 ? "" : "NA", `${i}`, `${i % 2}`]);

    const { dropped, normalisation } = describeTable({ header: ["b", "a", "class"], rows });

    expect(dropped).toEqual([{ column: "b", why: "all its cells are missing" }]);
    expect(normalisation.mean.every(Number.isFinite)).toBe(true);
  });

  test.each([
    ["a class that is no number", "x,class\n1,cat\n"],
    ["an unknown target", "x,class\n1,0\n"],
    ["no features", "class\n1\n"],
    ["no rows", "x,class\n"],
  ])("refuses %s", (name, text) => {
    const options = name === "an unknown target" ? { targetColumn: "y" } : {};

    expect(() => csvDataset(text, options)).toThrow(code("CW3105"));
  });
});

describe("idx", () => {
  const good = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6);

  test("decodes shape and values", () => {
    expect(decodeIdx(good)).toEqual({ shape: [2, 3], values: Uint8Array.of(1, 2, 3, 4, 5, 6) });
  });

  test.each([
    ["an empty file", new Uint8Array(0), "CW3102"],
    ["a cut header", good.subarray(0, 9), "CW3102"],
    ["a cut body", good.subarray(0, 17), "CW3102"],
    ["more bytes than announced", Uint8Array.of(...good, 7), "CW3102"],
    ["another mark", Uint8Array.of(1, ...good.subarray(1)), "CW3102"],
    ["a thousand dimensions", Uint8Array.of(0, 0, 8, 255), "CW3102"],
    ["floats", Uint8Array.of(0, 0, 13, 1, 0, 0, 0, 0), "CW3104"],
    [
      "2^64 announced values",
      Uint8Array.of(0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255),
      "CW3102",
    ],
  ])("refuses %s", (_, bytes, wanted) => {
    expect(() => decodeIdx(bytes)).toThrow(code(wanted));
  });

  test("opens from a folder like MNIST's, training files first", async () => {
    const path = await folderWith("mnist", {
      "t10k-images-idx3-ubyte": Uint8Array.of(0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 9),
      "t10k-labels-idx1-ubyte": Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 0),
      "train-images-idx3-ubyte": Uint8Array.of(
        0,
        0,
        8,
        3,
        0,
        0,
        0,
        2,
        0,
        0,
        0,
        1,
        0,
        0,
        0,
        1,
        0,
        255,
      ),
      "train-labels-idx1-ubyte": Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 1, 0),
    });

    const dataset = await openDataFiles(path, { inputShape: [1, 1, 1] });

    expect(dataset).toMatchObject({ size: 2, inputShape: [1, 1, 1] });
    expect(await dataset.readBatch([1, 0])).toEqual({
      inputs: Float32Array.of(1, 0),
      labels: Int32Array.of(0, 1),
    });
  });
});

describe("folders of idx files", () => {
  const images = encodeIdx({ shape: [3, 2, 1], values: Uint8Array.of(0, 255, 51, 0, 0, 0) });
  const labels = encodeIdx({ shape: [3], values: Uint8Array.of(0, 1, 2) });
  const open = async (name: string, files: Record<string, Uint8Array>, classes?: string[]) =>
    openDataFiles(await folderWith(name, files), { classes });

  test("are opened packed as they are downloaded, and as images", async () => {
    const dataset = await open("idx-gz", {
      "train-images-idx3-ubyte.gz": gzipSync(images),
      "train-labels-idx1-ubyte.gz": gzipSync(labels),
    });

    expect(dataset).toMatchObject({ size: 3, inputShape: [1, 2, 1], classes: 3 });
    expect(await dataset.readBatch([1])).toEqual({
      inputs: Float32Array.of(Math.fround(51 / 255), 0),
      labels: Int32Array.of(1),
    });
  });

  test.each([
    ["a cut gzip file", gzipSync(images).subarray(0, 20), "CW3102"],
    [
      "other samples than labels",
      encodeIdx({ shape: [2, 1], values: new Uint8Array(2) }),
      "CW3102",
    ],
    ["no idx file", bytesOf("images"), "CW3102"],
    ["floats", Uint8Array.of(0, 0, 13, 1, 0, 0, 0, 0), "CW3104"],
  ])("are refused with %s, by name", async (name, bytes, wanted) => {
    const files = { "images-idx3-ubyte": bytes, "labels-idx1-ubyte": labels };

    await expect(open(`idx ${name}`, files)).rejects.toMatchObject({
      code: wanted,
      message: expect.stringContaining(`idx ${name}`),
    });
  });

  test("do not fit a project with fewer classes", async () => {
    const files = { "images-idx3-ubyte": images, "labels-idx1-ubyte": labels };

    await expect(open("idx-classes", files, ["a", "b"])).rejects.toMatchObject({ code: "CW3105" });
  });
});

const THREE = ["a", "b", "c"];

describe("NumPy files", () => {
  const x = npy("<f8", "(3, 2)", Float64Array.of(0, 1, 2, 3, 4, 5));
  const y = npy("<i8", "(3,)", BigInt64Array.of(0n, 1n, 2n));
  const open = async (name: string, files: Record<string, Uint8Array>) =>
    openDataFiles(await folderWith(name, files), { classes: THREE });

  test("are read row by row", async () => {
    const dataset = await open("npy", { "x.npy": x, "y.npy": y });

    expect(dataset).toMatchObject({ size: 3, inputShape: [2], classes: 3 });
    expect(await dataset.readBatch([2, 0])).toEqual({
      inputs: Float32Array.of(4, 5, 0, 1),
      labels: Int32Array.of(2, 0),
    });
  });

  test("are read in half precision, with the other order of bytes, unsigned labels, and called X.npy", async () => {
    const half = Uint16Array.of(0x3e00, 0xb400, 0x0001, 0x7bff, 0x8000, 0x3555);
    const swapped = new Uint8Array(2 * half.length);
    const bytes = new Uint8Array(half.buffer);
    bytes.forEach((byte, i) => {
      swapped[i ^ 1] = byte;
    });
    const labels = BigUint64Array.of(0n, 1n, 2n);
    const wanted = Float32Array.of(1.5, -0.25, 2 ** -24, 65_504, -0, 0x555 / 2 ** 12);
    const read = async (name: string, format: string, data: Uint8Array) => {
      const files = { "X.npy": npy(format, "(3, 2)", data), "y.npy": npy("<u8", "(3,)", labels) };
      return (await open(name, files)).readBatch([0, 1, 2]);
    };

    const little = await read("half", "<f2", bytes);
    const big = await read("half-big", ">f2", swapped);

    expect(little).toEqual({ inputs: wanted, labels: Int32Array.of(0, 1, 2) });
    expect(big.inputs).toEqual(wanted);
  });

  test.each([
    ["a cut body", x.subarray(0, x.length - 1), "CW3102"],
    ["a longer body", Uint8Array.of(...x, 0), "CW3102"],
    ["a cut header", x.subarray(0, 30), "CW3102"],
    ["no NumPy mark", bytesOf("hello hello hello hello"), "CW3102"],
    ["code instead of a header", npy("<f8", "__import__('os')", new Uint8Array(8)), "CW3102"],
    ["a shape without end", npy("<f8", "(99999999999999999999, 2)", new Uint8Array(8)), "CW3103"],
    ["records", numpyFile("records"), "CW3102"],
    ["Python objects", npy("|O", "(3, 2)", new Uint8Array(48)), "CW3104"],
    ["other sample counts", npy("<f8", "(2, 2)", new Float64Array(4)), "CW3105"],
  ])("are refused with %s", async (name, bytes, wanted) => {
    await expect(open(`npy-${name}`, { "x.npy": bytes, "y.npy": y })).rejects.toMatchObject({
      code: wanted,
    });
  });

  test("are refused with a label that is no class", async () => {
    const labels = npy("<f4", "(3,)", Float32Array.of(0, 1.5, 2));

    await expect(open("npy-label", { "x.npy": x, "y.npy": labels })).rejects.toMatchObject({
      code: "CW3105",
    });
  });
});

describe("what NumPy writes", () => {
  const sample = (k: number) => Array.from({ length: 6 }, (_, i) => 6 * k + i);
  const whole = {
    inputs: Float32Array.from([...sample(3), ...sample(0)]),
    labels: Int32Array.of(1, 0),
  };
  const archive = async (name: string, bytes: Uint8Array) =>
    join(await folderWith(`npz-${name}`, { "samples.npz": bytes }), "samples.npz");

  test.each(["stored", "packed", "unnamed"] as const)(
    "is read from an archive: %s",
    async (name) => {
      const dataset = await openDataFiles(await archive(name, numpyFile(name)), { classes: THREE });

      expect(dataset).toMatchObject({ size: 4, inputShape: [2, 3], classes: 3 });
      expect(await dataset.readBatch([3, 0])).toEqual(whole);
      expect(await dataset.readLabels()).toEqual(Int32Array.of(0, 1, 2, 1));
    },
  );

  test("is read in Fortran's order", async () => {
    const files = {
      "x.npy": numpyFile("fortran"),
      "y.npy": npy("|u1", "(4,)", Uint8Array.of(0, 1, 2, 1)),
    };
    const dataset = await openDataFiles(await folderWith("fortran", files), { classes: THREE });

    expect(await dataset.readBatch([3, 0])).toEqual(whole);
  });

  test("is what our own archives are: an exported model has no samples, and says so", async () => {
    const bytes = encodeNpz([{ name: "layers.0.weight", shape: [1], values: Float32Array.of(1) }]);

    await expect(openDataFiles(await archive("model", bytes))).rejects.toMatchObject({
      code: "CW3104",
      message: expect.stringMatching(/no pair of arrays called x and y.*in it: layers.0.weight$/),
    });
  });

  const packed = numpyFile("packed");
  const flipped = packed.slice();
  // In the first array's packed bytes.
  flipped[80] = (flipped[80] as number) ^ 0x40;
  const encrypted = numpyFile("stored");
  encrypted[encrypted.lastIndexOf(0x50, encrypted.length - 23) + 8] = 1;
  const bomb = numpyFile("packed");
  const directory = Buffer.from(bomb).indexOf("PK\u0001\u0002", 0, "latin1");
  new DataView(bomb.buffer).setUint32(directory + 24, 600_000_000, true);

  test.each([
    ["a cut archive", packed.subarray(0, packed.length - 30), "CW3102"],
    ["a damaged array", flipped, "CW3102"],
    ["an encrypted array", encrypted, "CW3104"],
    ["an array that grows too large", bomb, "CW3103"],
    ["other arrays", numpyFile("unlike"), "CW3104"],
    ["no archive", bytesOf("hello hello hello hello"), "CW3102"],
  ])("is refused with %s", async (name, bytes, code) => {
    await expect(openDataFiles(await archive(`bad-${name}`, bytes))).rejects.toMatchObject({
      code,
    });
  });
});

/** As Pillow writes it: three colours in two bits a pixel. */
const PALETTE_PNG = new Uint8Array(
  Buffer.from(
    "iVBORw0KGgoAAAANSUhEUgAAAAUAAAACAgMAAADtBP7OAAAACVBMVEX/AAAAgEAJCAe5sikAAAAADklEQVR4nGOQZGBY6AAAAgUA++pc33EAAAAASUVORK5CYII=",
    "base64",
  ),
);
const PALETTE_VALUES = [
  255, 0, 9, 0, 255, 9, 9, 255, 0, 0, 0, 128, 8, 128, 0, 8, 8, 0, 128, 128, 0, 64, 7, 64, 0, 7, 7,
  0, 64, 64,
];

describe("image folders", () => {
  const grey = (value: number) =>
    encode({ width: 2, height: 1, data: Uint8Array.of(value, 0), channels: 1 });
  const pgm = (value: number) =>
    Uint8Array.of(...bytesOf("P5\n# made by hand\n2 1\n255\n"), value, 255);

  test("give one class for each subfolder and decode lazily", async () => {
    const path = await folderWith("images", {
      "cat/1.png": grey(255),
      "cat/notes.txt": "not an image",
      "dog/1.pgm": pgm(0),
    });

    const dataset = await openDataFiles(path);

    expect(dataset).toMatchObject({ size: 2, inputShape: [1, 1, 2], classes: 2 });
    expect(await dataset.readBatch([0, 1])).toEqual({
      inputs: Float32Array.of(1, 0, 0, 1),
      labels: Int32Array.of(0, 1),
    });
  });

  test("are of the project's classes also where a file system writes an ü as u and two dots", async () => {
    const path = await folderWith("umlauts", {
      [`${"grün".normalize("NFD")}/1.png`]: grey(255),
      "rot/1.png": grey(0),
    });

    const dataset = await openDataFiles(path, { classes: ["rot", "grün".normalize("NFC")] });

    expect([...(await dataset.readLabels())].sort()).toEqual([0, 1]);
    expect((await dataset.readBatch([0])).labels[0]).toBe(1);
  });

  test("separate colours into channels and drop alpha", () => {
    const rgba = encode({
      width: 2,
      height: 1,
      data: Uint8Array.of(255, 0, 51, 9, 0, 255, 0, 9),
      channels: 4,
    });

    const image = decodePng(rgba);

    expect(image).toMatchObject({ channels: 3, height: 1, width: 2 });
    expect([...image.values].map((value) => Math.round(value * 255))).toEqual([
      255, 0, 0, 255, 51, 0,
    ]);
    expect(decodePnm(Uint8Array.of(...bytesOf("P6 1 1 255\n"), 255, 0, 0)).values).toEqual(
      Float32Array.of(1, 0, 0),
    );
  });

  test("are coloured by their palette, and unpacked where several pixels share a byte", () => {
    const image = { width: 3, height: 2, channels: 1, depth: 1 as const };
    const black = decodePng(encode({ ...image, data: Uint8Array.of(0b10100000, 0b01000000) }));
    const shades = decodePng(
      encode({ ...image, depth: 4, data: Uint8Array.of(0x0f, 0x30, 0x00, 0xf0) }),
    );
    const coloured = decodePng(PALETTE_PNG);

    expect([...black.values]).toEqual([1, 0, 1, 0, 1, 0]);
    expect([...shades.values].map((value) => Math.round(value * 15))).toEqual([0, 15, 3, 0, 0, 15]);
    expect(coloured).toMatchObject({ channels: 3, height: 2, width: 5 });
    expect([...coloured.values].map((value) => Math.round(value * 255))).toEqual(PALETTE_VALUES);
  });

  test("name the file that is damaged or of another size", async () => {
    const path = await folderWith("bad-images", {
      "a/1.png": grey(1),
      "a/2.png": grey(1).subarray(0, 40),
      "a/3.png": encode({ width: 3, height: 1, data: new Uint8Array(3), channels: 1 }),
    });

    const dataset = await openDataFiles(path);

    await expect(dataset.readBatch([1])).rejects.toMatchObject({
      code: "CW3102",
      message: expect.stringContaining("2.png"),
    });
    await expect(dataset.readBatch([2])).rejects.toMatchObject({
      code: "CW3105",
      message: expect.stringContaining("3.png"),
    });
  });

  test("do not follow links out of the folder", async () => {
    const path = await folderWith("links", { "a/1.png": grey(1) });
    await symlink("/etc/passwd", join(path, "a/0.png"));

    expect((await openDataFiles(path)).size).toBe(1);
  });

  test("refuse a decompression bomb by its announced size", () => {
    const bomb = Uint8Array.from(grey(1));
    new DataView(bomb.buffer).setUint32(16, 0x7fffffff);

    expect(() => decodePng(bomb)).toThrow(code("CW3103"));
    expect(() => decodePnm(bytesOf("P5 100000 100000 255\n"))).toThrow(code("CW3103"));
    expect(() => decodePnm(bytesOf("P5 10 10 255\nshort"))).toThrow(code("CW3102"));
    expect(() => decodePng(bytesOf("not a picture"))).toThrow(code("CW3102"));
  });

  test("refuse classes the project does not have, and a folder without images", async () => {
    const path = await folderWith("strange", { "wolf/1.png": grey(1) });

    await expect(openDataFiles(path, { classes: ["cat"] })).rejects.toMatchObject({
      code: "CW3105",
    });
    await expect(
      openDataFiles(
        await folderWith("photos", { "cat/1.webp": "", "cat/2.WEBP": "", "dog/x": "" }),
      ),
    ).rejects.toMatchObject({
      code: "CW3105",
      message: expect.stringMatching(
        /in them: .webp, x; turn them into PNG, as "mogrify -format png/,
      ),
    });
    const split = await folderWith("split", { "test/a/1.png": grey(1), "train/a/1.png": grey(1) });
    await expect(openDataFiles(split)).rejects.toThrow(
      `in them: a; are the classes one folder deeper? Then bring ${join(split, "test")}`,
    );
  });

  test("are not made of what programs keep beside the classes", async () => {
    const path = await folderWith("beside", {
      "__MACOSX/cat/1.png": grey(1),
      ".ipynb_checkpoints/1.png": grey(1),
      "cat/1.png": grey(1),
    });

    expect(await openDataFiles(path)).toMatchObject({ size: 1, classes: 1, classNames: ["cat"] });
  });
});

describe("openDataFiles", () => {
  test("says that a table is too large before it fills the memory, and how else to keep the samples", async () => {
    const path = join(folder, "large.csv");
    await writeFile(path, "a,b\n");
    await truncate(path, 128 * 1024 * 1024 + 1);

    await expect(openDataFiles(path)).rejects.toMatchObject({
      code: "CW3103",
      hint: expect.stringContaining("x.npy"),
    });
  });

  test("says when nothing is there, and when it cannot read what is there", async () => {
    await expect(openDataFiles(join(folder, "nowhere"))).rejects.toMatchObject({ code: "CW3101" });
    await expect(openDataFiles(await folderWith("empty", { "x.npz": "" }))).rejects.toMatchObject({
      code: "CW3104",
      message: expect.stringMatching(/no x.npy with y.npy.*; in it: x.npz$/),
    });
    const path = await folderWith("kinds", {
      "data.feather": "ARROW1",
      "latin.csv": Uint8Array.of(0xe9, 0x0a),
    });
    await expect(openDataFiles(join(path, "data.feather"))).rejects.toMatchObject({
      code: "CW3104",
    });
    await expect(openDataFiles(join(path, "latin.csv"))).rejects.toMatchObject({ code: "CW3102" });
  });

  test("reads a table in UTF-16, as spreadsheets write Unicode text", async () => {
    const table = Buffer.from("\ufeffx\tclass\r\n1,5\tGröße\r\n", "utf16le");
    const path = await folderWith("wide", { "wide.tsv": table, "cut.tsv": table.subarray(0, -1) });
    const options = { classes: ["Größe"] };

    const dataset = await openDataFiles(join(path, "wide.tsv"), options);

    expect(await dataset.readBatch([0])).toMatchObject({ inputs: Float32Array.of(1.5) });
    await expect(openDataFiles(join(path, "cut.tsv"), options)).rejects.toMatchObject({
      code: "CW3102",
    });
  });
});
