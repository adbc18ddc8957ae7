import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { prepareSamples } from "../../services/worker/open-samples.ts";
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
