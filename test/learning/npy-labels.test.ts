import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type OpenDataFilesOptions,
  openDataFiles,
} from "../../services/learning/data/open-data-files.ts";
import { npy, numpyFile } from "./numpy-files.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);
const THREE = ["a", "b", "c"];

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "labels-test-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function folderWith(name: string, files: Record<string, Uint8Array>) {
  const path = join(folder, name);
  await mkdir(path, { recursive: true });
  for (const [file, content] of Object.entries(files)) await writeFile(join(path, file), content);
  return path;
}

describe("an array of labels", () => {
  const labelled = async (name: string, labels: Uint8Array, options: OpenDataFilesOptions = {}) => {
    const files = { "x.npy": numpyFile("fortran"), "y.npy": labels };
    return openDataFiles(await folderWith(`labels-${name}`, files), options);
  };
  const characters = (texts: readonly string[], width: number, isLittle: boolean) => {
    const view = new DataView(new ArrayBuffer(4 * width * texts.length));
    texts.forEach((text, i) => {
      [...text].forEach((character, j) => {
        view.setUint32(4 * (i * width + j), character.codePointAt(0) as number, isLittle);
      });
    });
    return view;
  };

  test.each([
    ["names", ["a long class name", "cat", "dog"], [1, 0, 2, 1]],
    ["bytes", ["3", "Gr", "Größe"], [2, 0, 1, 0]],
  ] as const)("has texts as labels, which name the classes: %s", async (name, classes, labels) => {
    const found = await labelled(name, numpyFile(name), { findsClasses: true });
    const known = await labelled(name, numpyFile(name), { classes: ["x", ...classes] });

    expect(found).toMatchObject({ classes: 3, classNames: classes });
    expect(await found.readLabels()).toEqual(Int32Array.from(labels));
    expect(await known.readLabels()).toEqual(Int32Array.from(labels, (label) => label + 1));
  });

  test("has texts of either order of bytes, and beyond the first plane", async () => {
    const texts = ["a𝒳b", "10", "9 ", "10"];
    for (const isLittle of [true, false]) {
      const y = npy(isLittle ? "<U4" : ">U4", "(4, 1)", characters(texts, 4, isLittle));

      expect((await labelled("planes", y, { findsClasses: true })).classNames).toEqual([
        "10",
        "9",
        "a𝒳b",
      ]);
    }
  });

  test("sorts texts that are numbers as numbers", async () => {
    const y = npy("|S2", "(4,)", bytesOf("109\u00001\u00009\u0000"));

    expect((await labelled("numbers", y, { findsClasses: true })).classNames).toEqual([
      "1",
      "9",
      "10",
    ]);
  });

  test.each([
    ["floats", numpyFile("columns")],
    [
      "bytes, a sample's values far apart",
      npy("|b1", "(4, 3)", Uint8Array.of(1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 0), "True"),
    ],
  ])("has a column for each class: %s", async (name, y) => {
    const known = await labelled(`columns-${name}`, y, { classes: THREE });
    const found = await labelled(`columns-${name}`, y, { findsClasses: true });

    expect(await known.readLabels()).toEqual(Int32Array.of(0, 1, 2, 1));
    expect(await found.readLabels()).toEqual(Int32Array.of(0, 1, 2, 1));
    expect(found.classNames).toEqual(["0", "1", "2"]);
  });

  const columns = (...values: number[]) => npy("<f4", "(4, 2)", Float32Array.from(values));
  test.each([
    ["likelihoods", columns(1, 0, 0.25, 0.75, 0, 1, 0, 1), /sample 1 has 0.25; .*argmax/],
    ["two classes", columns(1, 0, 0, 1, 1, 1, 0, 1), /sample 2 has two classes/],
    ["no class", columns(1, 0, 0, 1, 1, 0, 0, 0), /sample 3 has no class/],
    [
      "another number of columns",
      columns(1, 0, 0, 1, 1, 0, 0, 1),
      /2 columns for 3 classes: a, b, c/,
    ],
    [
      "another number of samples",
      npy("<f4", "(1, 4)", new Float32Array(4)),
      /shape \[1,4\] for 4 samples; they are \[4\], or \[4, classes\]/,
    ],
    [
      "an unknown name",
      npy("|S3", "(4,)", bytesOf("a\0\0foxb\0\0a\0\0")),
      /label "fox" of sample 1 is no class; classes are a, b, c/,
    ],
    ["no name", npy("|S1", "(4,)", bytesOf("ab\0a")), /sample 2 has no label/],
    ["a gap", npy("<f4", "(4,)", Float32Array.of(0, 1, Number.NaN, 1)), /label NaN of sample 2/],
    [
      "an amount",
      npy("<f4", "(4,)", Float32Array.of(0, 1.5, 2, 1)),
      /label 1.5 of sample 1 .*ranges/,
    ],
    ["dates", npy("<M8[s]", "(4,)", new Float64Array(4)), /<M8\[s\]: .*y.astype\(str\)/],
    [
      "Python's objects",
      npy("|O", "(4,)", new Float64Array(4)),
      /as pandas has them: .*y.astype\(str\)/,
    ],
    ["texts of nothing", npy("<U0", "(4,)", new Uint8Array(0)), /texts of 0 bytes/],
    [
      "long texts",
      npy("<U2000", "(4,)", new Uint8Array(32_000)),
      /texts of 8000 bytes, of at most 4096/,
    ],
    ["no Unicode", npy("<U1", "(4,)", Uint32Array.of(97, 0xd800, 97, 97)), /no text in Unicode/],
    ["no UTF-8", npy("|S1", "(4,)", Uint8Array.of(97, 0xe9, 97, 97)), /no text in UTF-8/],
  ])("is refused with %s as labels, by name", async (name, y, message) => {
    await expect(labelled(`bad-${name}`, y, { classes: THREE })).rejects.toMatchObject({
      code: expect.stringMatching(/^CW310[245]$/),
      message: expect.stringMatching(message),
    });
    await expect(labelled(`bad-${name}`, y, { classes: THREE })).rejects.toThrow("y.npy");
  });

  test("needs a project that names its classes for texts, or none yet", async () => {
    await expect(labelled("unnamed", numpyFile("names"))).rejects.toThrow(
      /label "cat" of sample 0 is a name, and the project names no classes/,
    );
  });

  test("has no texts as inputs", async () => {
    const files = { "x.npy": numpyFile("names"), "y.npy": numpyFile("names") };

    await expect(openDataFiles(await folderWith("texts", files))).rejects.toMatchObject({
      code: "CW3104",
      message: expect.stringMatching(/x.npy: texts of format <U17, and inputs are numbers/),
    });
  });

  describe("says what its numbers are called", () => {
    const y = npy("|u1", "(4,)", Uint8Array.of(0, 1, 2, 1));
    const called = async (names: Uint8Array, options: OpenDataFilesOptions, labels = y) => {
      const files = { "x.npy": numpyFile("fortran"), "y.npy": labels, "target_names.npy": names };
      return openDataFiles(await folderWith("called", files), options);
    };
    const names = npy("|S3", "(3,)", bytesOf("dogemucat"));

    test("which are a project's classes, in whatever order that has them", async () => {
      const found = await called(names, { findsClasses: true });
      const known = await called(names, { classes: ["cat", "dog", "emu", "fox"] });
      const ofColumns = await called(
        names,
        { classes: ["cat", "dog", "emu"] },
        numpyFile("columns"),
      );

      expect(found).toMatchObject({ classes: 3, classNames: ["dog", "emu", "cat"] });
      expect(await found.readLabels()).toEqual(Int32Array.of(0, 1, 2, 1));
      expect(await known.readLabels()).toEqual(Int32Array.of(1, 2, 0, 2));
      expect(await ofColumns.readLabels()).toEqual(Int32Array.of(1, 2, 0, 2));
    });

    test("unless the project has numbers, or they are no texts", async () => {
      const numbers = npy("|u1", "(3,)", Uint8Array.of(0, 1, 2));
      for (const [each, classes] of [
        [names, ["0", "1", "2"]],
        [numbers, THREE],
      ] as const) {
        expect(await (await called(each, { classes })).readLabels()).toEqual(
          Int32Array.of(0, 1, 2, 1),
        );
      }
    });

    test.each([
      [
        "a name too few",
        npy("|S3", "(2,)", bytesOf("dogemu")),
        /label 2 of sample 2 has no name among dog, emu/,
      ],
      [
        "a name twice",
        npy("|S3", "(3,)", bytesOf("dogemudog")),
        /target_names.npy is no list of different class names/,
      ],
      [
        "unknown to the project",
        npy("|S3", "(3,)", bytesOf("dogemufox")),
        /label "fox" of sample 2 is no class/,
      ],
    ])("and is refused with %s", async (_, each, message) => {
      await expect(called(each, { classes: ["cat", "dog", "emu"] })).rejects.toThrow(message);
    });
  });
});
