import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { encode } from "fast-png";
import { afterAll, describe, expect, it } from "vitest";
import { subsetDataset } from "../../../services/learning/data/dataset.ts";
import { fitReport } from "../../../services/learning/data/fit-report.ts";
import { decodeJpeg } from "../../../services/learning/data/formats/jpeg.ts";
import { readJpegHeader } from "../../../services/learning/data/formats/jpeg-header.ts";
import { decodePng } from "../../../services/learning/data/formats/png.ts";
import { openImages } from "../../../services/learning/data/image-folder.ts";
import { openDataFiles } from "../../../services/learning/data/open-data-files.ts";
import { convolutionalNetwork } from "../../../services/learning/model-spec.ts";
import { fixture, pillowReads } from "../fixtures/fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "commonweight-jpeg-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** A folder of this name with these files. */
function folderWith(name: string, files: Readonly<Record<string, Uint8Array>>): string {
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name, path)), { recursive: true });
    writeFileSync(join(folder, name, path), bytes);
  }
  return join(folder, name);
}

/** Where a segment begins, behind its marker. */
function segmentAt(bytes: Uint8Array, marker: number): number {
  const at = bytes.findIndex((byte, i) => byte === 0xff && bytes[i + 1] === marker);
  expect(at).toBeGreaterThan(0);
  return at + 2;
}

function withBytes(name: string, marker: number, place: number, ...bytes: number[]): Uint8Array {
  const image = fixture(`${name}.jpg`);
  image.set(bytes, segmentAt(image, marker) + place);
  return image;
}

describe("a JPEG image", () => {
  it.each(["colour", "progressive", "whole-chroma", "restarts", "grey", "grey-progressive"])(
    "(%s) has the values that Pillow reads, to the bit",
    async (name) => {
      const { shape, bytes } = pillowReads(name);

      const { channels, height, width, values } = await decodeJpeg(fixture(`${name}.jpg`));

      expect([channels, height, width]).toEqual(shape);
      expect([...values].map((value) => value * 255)).toEqual([...bytes].map(closeTo));
      expect(shape[0]).toBe(name.startsWith("grey") ? 1 : 3);
    },
  );

  it.each(["turned", "mirrored"])("is seen upright where the camera was %s", async (name) => {
    const { shape, bytes } = pillowReads(name);

    const { channels, height, width, values } = await decodeJpeg(fixture(`${name}.jpg`));

    expect([channels, height, width]).toEqual(shape);
    expect([height, width]).toEqual([11, 7]);
    expect([...values].map((value) => Math.round(value * 255))).toEqual([...bytes]);
  });

  it("has the same floats as a PNG image of the same bytes", async () => {
    const { shape, bytes } = pillowReads("grey");
    const [, height = 0, width = 0] = shape;

    const png = decodePng(encode({ width, height, data: new Uint8Array(bytes), channels: 1 }));

    expect(await decodeJpeg(fixture("grey.jpg"))).toEqual(png);
  });

  it("is refused by what it announces, before anything is decoded", async () => {
    const sizes = [0xff, 0xff, 0xff, 0xff];
    const scan = fixture("progressive.jpg");
    const scanAt = segmentAt(scan, 0xda) - 2;
    const scans = Array.from({ length: 65 }, () => scan.subarray(scanAt, -2));
    const bomb = Buffer.concat([scan.subarray(0, scanAt), ...scans, scan.subarray(-2)]);

    await expect(decodeJpeg(withBytes("colour", 0xc0, 3, ...sizes))).rejects.toMatchObject({
      code: "CW3103",
      message: "JPEG image of 65535 x 65535 pixels",
    });
    await expect(decodeJpeg(withBytes("colour", 0xc0, 3, 0, 0))).rejects.toMatchObject({
      code: "CW3102",
    });
    await expect(decodeJpeg(bomb)).rejects.toMatchObject({ code: "CW3103" });
  });

  it.each([
    ["of inks", () => fixture("cmyk.jpg"), /CMYK.*mogrify -colorspace sRGB/],
    ["of 12 bits", () => withBytes("colour", 0xc0, 2, 12), /of 12 bits; save it with 8/],
    ["without loss", () => withBytes("colour", 0xc0, -1, 0xc3), /lossless/],
    ["of two components", () => withBytes("colour", 0xc0, 7, 2), /of 2 components/],
  ])("%s is not supported, and says why", async (_, image, words) => {
    await expect(decodeJpeg(image())).rejects.toMatchObject({
      code: "CW3104",
      message: expect.stringMatching(words),
    });
  });

  it("cut anywhere is damaged, and the next one is read", async () => {
    const whole = fixture("progressive.jpg");

    for (let length = 0; length < whole.length; length++) {
      const cut = whole.subarray(0, length);
      await expect(decodeJpeg(cut)).rejects.toMatchObject({ code: "CW3102" });
    }

    await expect(decodeJpeg(whole.subarray(0, -2))).rejects.toThrow(
      "JPEG image that ends too early",
    );
    expect((await decodeJpeg(whole)).width).toBe(11);
  });

  it("of which bytes are missing in the middle is damaged, not grey in its lower half", async () => {
    const whole = fixture("colour.jpg");

    const shorter = Buffer.concat([whole.subarray(0, -40), whole.subarray(-2)]);

    await expect(decodeJpeg(shorter)).rejects.toMatchObject({
      code: "CW3102",
      message: "damaged JPEG image: Corrupt JPEG data: premature end of data segment",
    });
  });

  it("whose tables are damaged is refused with what the decoder says", async () => {
    const image = withBytes("colour", 0xc4, 3, 0xff, 0xff, 0xff);

    await expect(decodeJpeg(image)).rejects.toMatchObject({
      code: "CW3102",
      message: expect.stringMatching(/^damaged JPEG image: /),
    });
    expect((await decodeJpeg(fixture("grey.jpg"))).channels).toBe(1);
  });

  it("has segments of any kind before its frame, and bytes behind its end", () => {
    const image = fixture("grey.jpg");
    const remark = Uint8Array.of(0xff, 0xff, 0xfe, 0, 4, 0xff, 0xc0);

    const longer = Buffer.concat([image.subarray(0, 2), remark, image.subarray(2), remark]);

    expect(readJpegHeader(longer)).toEqual({ width: 11, height: 7, channels: 1 });
  });
});

/** A float32 of a byte's 255th, times 255 again. */
const closeTo = (byte: number) => Math.fround(byte / 255) * 255;

describe("folders of JPEG images", () => {
  it("are data sets, with images of other kinds among them", async () => {
    const { bytes } = pillowReads("grey");
    const png = encode({ width: 11, height: 7, data: new Uint8Array(77), channels: 1 });
    const path = folderWith("mixed", {
      "cat/1.jpg": fixture("grey.jpg"),
      "cat/2.JPEG": fixture("grey.jpg"),
      "dog/1.png": png,
    });

    const dataset = await openDataFiles(path);

    expect(dataset).toMatchObject({ size: 3, inputShape: [1, 7, 11], classNames: ["cat", "dog"] });
    const { inputs, labels } = await dataset.readBatch([2, 0]);
    expect(labels).toEqual(Int32Array.of(1, 0));
    expect(inputs.subarray(0, 77)).toEqual(new Float32Array(77));
    expect([...inputs.subarray(77)].map((value) => Math.round(value * 255))).toEqual([...bytes]);
  });

  it("are opened without classes, too", async () => {
    const opened = await openImages(folderWith("plain", { "1.jpeg": fixture("colour.jpg") }), {
      classes: 2,
    });

    expect(opened?.dataset).toMatchObject({ size: 1, inputShape: [3, 7, 11] });
  });

  it("name the image that is damaged or of another size, and how all get one size", async () => {
    const path = folderWith("unlike", {
      "a/1.jpg": fixture("colour.jpg"),
      "a/2.jpg": fixture("colour.jpg").subarray(0, 300),
      "a/3.jpg": fixture("turned.jpg"),
    });

    const dataset = await openDataFiles(path);

    await expect(dataset.readBatch([1])).rejects.toMatchObject({
      code: "CW3102",
      message: expect.stringContaining(join(path, "a/2.jpg")),
    });
    await expect(dataset.readBatch([2])).rejects.toMatchObject({
      code: "CW3105",
      message: expect.stringMatching(
        /3\.jpg is 3 x 11 x 7, the first image 3 x 7 x 11; .*mogrify -resize 11x7! -type TrueColor/,
      ),
    });
    const inProject = await openDataFiles(path, { inputShape: [1, 28, 24] });
    const advice = "mogrify -resize 24x28! -type Grayscale";
    await expect(inProject.readBatch([2])).rejects.toMatchObject({
      message: expect.stringMatching(
        new RegExp(`first image 3 x 7 x 11, the project's are 1 x 28 x 24; .*${advice}`),
      ),
    });
    const model = convolutionalNetwork({
      ...{ inputShape: [1, 28, 24], filters: [1], classes: 1, seed: "1" },
    });
    expect((await fitReport(subsetDataset(inProject, [0]), model)).findings[0]).toMatchObject({
      severity: "blocking",
      message: expect.stringContaining(advice),
    });
  });
});
