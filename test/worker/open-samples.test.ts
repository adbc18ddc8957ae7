import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { findSamples, prepareSamples } from "../../services/worker/open-samples.ts";
import { commandLine } from "../cli/command-line.ts";
import { encodeIdx } from "../learning/encode-idx.ts";

const folder = mkdtempSync(join(tmpdir(), "commonweight samples "));
afterAll(() => rmSync(folder, { recursive: true }));

const project = { inputShape: [1, 1, 1], classes: ["cat", "dog", "fox"] };
const pgm = (value: number) => `P5\n1 1\n255\n${String.fromCharCode(value)}`;

describe("a trainer's samples", () => {
  it("are of the project's classes, also when a trainer has images of some of them only", async () => {
    const images = join(folder, "images");
    for (const name of ["dog", "fox"]) {
      mkdirSync(join(images, name), { recursive: true });
      writeFileSync(join(images, name, "1.pgm"), pgm(7));
    }

    const { openSamples, samples } = await prepareSamples({ source: images });
    const dataset = await openSamples(project);

    expect(samples).toBeUndefined();
    expect(dataset.classes).toBe(3);
    expect([...(await dataset.readLabels())]).toEqual([1, 2]);
  });

  it("are those that lie there when a round asks for them: they may change between rounds", async () => {
    const path = join(folder, "growing.csv");
    const data = {
      inputShape: [1],
      classes: ["a", "b"],
      table: { columns: ["x"], target: "label" },
    };
    writeFileSync(path, "x,label\n1,a\n");
    const { openSamples } = await prepareSamples({ source: path });
    const sizes = [(await openSamples(data)).size];
    writeFileSync(path, "x,label\n1,a\n2,b\n");
    sizes.push((await openSamples(data)).size);

    expect(sizes).toEqual([1, 2]);
  });

  it("are refused when they have a class that the project does not have", async () => {
    const numbers = join(folder, "numbers");
    mkdirSync(numbers);
    writeFileSync(
      join(numbers, "images-idx3-ubyte"),
      encodeIdx({ shape: [2, 1, 1], values: new Uint8Array(2) }),
    );
    writeFileSync(
      join(numbers, "labels-idx1-ubyte"),
      encodeIdx({ shape: [2], values: Uint8Array.of(0, 3) }),
    );

    const { openSamples } = await prepareSamples({ source: numbers });

    await expect(openSamples(project)).rejects.toMatchObject({ code: "CW3105" });
  });

  it("are missed at once when nothing is there", async () => {
    await expect(prepareSamples({ source: join(folder, "none") })).rejects.toMatchObject({
      code: "CW3101",
    });
  });
});

describe("the samples of a trainer's own program", () => {
  it("are named by their path from the root: the program runs in another folder", async () => {
    const table = join(folder, "own.csv");
    writeFileSync(table, "x,class\n1,a\n");

    expect(await findSamples(relative(process.cwd(), table))).toBe(table);
  });

  it("are the folder of its files for mnist", async () => {
    expect(readdirSync(await findSamples("mnist"))).toContain("train-images-idx3-ubyte");
  });

  it("are missed at once when nothing is there, before a stake is locked", async () => {
    await expect(findSamples(join(folder, "none"))).rejects.toMatchObject({ code: "CW3101" });
  });

  it.each(["--part=1/2", "--samples=5", "--split=dirichlet:1"])(
    "are never chosen by %s, which the program would not know of",
    async (choice) => {
      const line = ["worker", "run", "1", "--data", folder, "--trainer", "true", choice];
      const { exitCode, stderr } = await commandLine(line, { folder });

      expect(exitCode).toBe(2);
      expect(stderr).toContain("cannot be used with option '--trainer <command>'");
    },
  );
});
