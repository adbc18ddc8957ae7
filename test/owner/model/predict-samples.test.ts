import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { encode } from "fast-png";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeNpy, encodeNpz } from "../../../services/adapters/model-export/numpy.ts";
import { predictSamples } from "../../../services/owner/model/predict-samples.ts";
import type { PulledModel } from "../../../services/owner/model/pull-model.ts";
import type { Manifest } from "../../../services/protocol/manifest/manifest.ts";
import { MANIFEST } from "../../protocol/manifest/manifest-case.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "commonweight-predict-"));
});
afterAll(() => rm(folder, { recursive: true }));

const FRACTION_BITS = 14;
/** One number in, two classes out: the logits of x are -x and x. */
function pulled(data: Partial<Manifest["data"]>): PulledModel {
  const weights = [-1, 1, 0, 0].map((value) => value * 2 ** (FRACTION_BITS + 10));
  const layers = [{ kind: "dense" as const, units: 2 }];
  return {
    committed: { model: Int32Array.from(weights), fractionBits: FRACTION_BITS },
    manifest: {
      ...MANIFEST,
      model: { kind: "layers", inputShape: [1], layers, seed: "1" },
      data: { inputShape: [1], classes: ["cold, wet", "warm"], ...data },
    },
  } as unknown as PulledModel;
}

async function predicted(
  name: string,
  content: string | Uint8Array,
  {
    isDetailed = false,
    data = {},
  }: { isDetailed?: boolean; data?: Partial<Manifest["data"]> } = {},
) {
  const path = join(folder, name);
  if (content !== "") await writeFile(path, content);
  return predictSamples(pulled(data), { source: path, isDetailed });
}
const table = { table: { columns: ["degrees"], target: "weather", missing: { degrees: 2 } } };

describe("predictions", () => {
  it("stand beside the rows of a table that has no class", async () => {
    const csv = "day;degrees;predicted\nMon;2,0;x\nTue;-2,0;\nWed;;\n";
    const said = await predicted("new.csv", csv, { data: table, isDetailed: true });

    expect(said).toMatchObject({
      samples: 3,
      classes: [
        { name: "cold, wet", samples: 1 },
        { name: "warm", samples: 2 },
      ],
    });
    expect(said.meanConfidence).toBeCloseTo(1 / (1 + Math.exp(-4)), 4);
    expect(said.csv.split("\n").map((line) => line.replaceAll('"', ""))).toEqual([
      "day,degrees,predicted,predicted_,confidence,p(cold, wet),p(warm)",
      "Mon,2.0,x,warm,0.9820,0.0180,0.9820",
      "Tue,-2.0,,cold, wet,0.9820,0.9820,0.0180",
      "Wed,,,warm,0.9820,0.0180,0.9820",
      "",
    ]);
  });

  it("do not mind what a class column says", async () => {
    const said = await predicted("old.csv", "degrees,weather\n1,foggy\n", { data: table });

    expect(said.csv).toBe("degrees,weather,predicted,confidence\n1,foggy,warm,0.8808\n");
  });

  it.each([
    ["alone", "degrees\n1\n", "degrees,predicted,confidence\n1,warm,0.8808\n"],
    [
      "with the class",
      "degrees,weather\n1,0\n",
      "degrees,weather,predicted,confidence\n1,0,warm,0.8808\n",
    ],
  ])("of a project of arrays take a table of the numbers %s", async (name, csv, wanted) => {
    expect((await predicted(`${name}.csv`, csv)).csv).toBe(wanted);
  });

  const values = Float32Array.of(3, -3);
  it.each([
    ["an array", "x.npy", encodeNpy({ name: "x", shape: [2, 1], values })],
    ["an archive", "x.npz", encodeNpz([{ name: "x", shape: [2, 1], values }])],
  ])("of %s are numbered", async (_, name, bytes) => {
    expect((await predicted(name, bytes)).csv).toBe(
      'sample,predicted,confidence\n0,warm,0.9975\n1,"cold, wet",0.9975\n',
    );
  });

  it.each([
    ["in one folder", "sky", "a.png", "b.png"],
    ["in folders of classes", "skies", "cold, wet/b.png", "warm/a.png"],
    ["in folders of anything else", "days", "Monday/a.png", "Tuesday/a.png"],
  ])("of images %s have the files' names", async (_, name, first, second) => {
    for (const [path, value] of [
      [second, 255],
      [first, 0],
    ] as const) {
      const image = { width: 1, height: 1, channels: 1, data: Uint8Array.of(value) };
      await mkdir(dirname(join(folder, name, path)), { recursive: true });
      await writeFile(join(folder, name, path), encode(image));
    }
    const said = (await predicted(name, "")).csv.replaceAll('"', "");

    expect(said).toBe(
      `sample,predicted,confidence\n${first},cold, wet,0.5000\n${second},warm,0.8808\n`,
    );
  });

  it("are refused for a table without a column that the model looks at", async () => {
    await expect(predicted("other.csv", "day\nMon\n", { data: table })).rejects.toMatchObject({
      code: "CW3105",
      message: expect.stringContaining('"degrees"'),
    });
  });
});
