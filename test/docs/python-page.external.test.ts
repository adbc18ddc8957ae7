import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encode } from "fast-png";
import { afterAll, describe, expect, it } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";
import { parseCsv } from "../../services/learning/data/formats/csv.ts";
import {
  convolutionalNetwork,
  type LayeredModelSpec,
  modelTensors,
  multilayerPerceptron,
} from "../../services/learning/model-spec.ts";
import { initialiseParameters } from "../../services/learning/training/initialise.ts";
import { exportModel } from "../../services/owner/model/export-model.ts";
import { predictSamples } from "../../services/owner/model/predict-samples.ts";
import type { PulledModel } from "../../services/owner/model/pull-model.ts";
import { type Manifest, manifestText } from "../../services/protocol/manifest/manifest.ts";
import { quantiseModel } from "../../services/protocol/model/fixed-point.ts";
import { fixture } from "../learning/fixtures/fixture.ts";
import { MANIFEST } from "../protocol/manifest/manifest-case.ts";
import { hasPackages, python } from "../python.ts";

const FRACTION_BITS = 14;
const page = readFileSync(join(repositoryRoot, "docs/python.md"), "utf8");

/** The page's blocks of Python in their order: unmarked ones, and those with the mark. */
function blocksOf(mark: string): string {
  const blocks = [...page.matchAll(/^```python(.*)\n([\s\S]*?)^```$/gm)];
  return blocks.flatMap(([, marks, code]) => (marks?.trim() === mark ? code : [])).join("\n");
}

/** A model with parameters that nobody trained, but that are nowhere zero. */
function pulledModel(model: LayeredModelSpec, data: Manifest["data"]): PulledModel {
  const parameters = initialiseParameters(model).map((value, i) => value + 0.1 * Math.cos(i));
  const committed = {
    model: quantiseModel(parameters, FRACTION_BITS),
    blinding: 5n,
    commitment: { x: 1n, y: 2n },
    fractionBits: FRACTION_BITS,
    lineage: { chainId: 1n, market: "0x", projectId: 1n, roundIndex: 0, previousCid: null },
  };
  const layers = [...model.layers];
  const spec = { ...model, inputShape: [...model.inputShape], layers };
  const manifest = { ...MANIFEST, model: spec, data } as Manifest;
  expect(modelTensors(manifest.model)).toEqual(modelTensors(model));
  return { committed, manifest } as unknown as PulledModel;
}

const TABLE = [
  "id,size,kind,year,seconds",
  "1,3.25,oak,2004,1700012345",
  "2,,beech,2009,1700034567",
  "3,-7e-1,,2007,1700002001",
  "4,NA, oak ,2008,1700081234",
  "5,11,?,2005,1700045678",
];
const tableData: Manifest["data"] = {
  inputShape: [5],
  classes: ["small", "middle", "tall"],
  table: {
    ...{ columns: ["year", "kind", "size", "seconds"], target: "height", missing: { size: 2.5 } },
    categories: { kind: ["beech", "oak"] },
  },
  // A mean that float32 misses by 57, which is much of such a deviation.
  normalisation: { mean: [2006.5, 0, 0, 3, 1700042425], deviation: [1.25, 1, 1, 4, 25000] },
};
const imageData: Manifest["data"] = {
  ...{ inputShape: [3, 11, 7], classes: ["cat", "dog"] },
  normalisation: { mean: [0.5, 0.4, 0.3], deviation: [0.25, 0.2, 0.3] },
};

describe.skipIf(!hasPackages("onnxruntime", "pandas", "PIL", "torch", "safetensors"))(
  "docs/python.md [needs python3 with onnxruntime, pandas, Pillow, PyTorch, safetensors, or CW_PYTHON]",
  () => {
    const folder = mkdtempSync(join(tmpdir(), "cw-python-page-"));
    afterAll(() => rmSync(folder, { recursive: true }));

    /** Runs the code in a folder with all files that the page names; what it prints last, as JSON. */
    function run(pulled: PulledModel, code: string): { classes: string[]; sure: number[][] } {
      const { committed, manifest } = pulled;
      for (const format of ["onnx", "safetensors"] as const) {
        writeFileSync(join(folder, `model.${format}`), exportModel(committed, manifest, format));
      }
      writeFileSync(join(folder, "manifest.json"), manifestText(manifest));
      const printed = execFileSync(python, ["-c", code], {
        ...{ cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
        env: { ...process.env, PYTHONPATH: join(repositoryRoot, "examples/trainers/pytorch") },
      });
      return JSON.parse(printed);
    }

    /** What `owner predict` writes, without the columns of the samples themselves. */
    async function ours(pulled: PulledModel, source: string) {
      const { csv } = await predictSamples(pulled, { source, isDetailed: true });
      const { header, rows } = parseCsv(csv);
      const at = header.indexOf("predicted");
      return {
        classes: rows.map((row) => row[at] as string),
        sure: rows.map((row) => row.slice(at + 2).map(Number)),
      };
    }

    function expectSame(theirs: { classes: string[]; sure: number[][] }, own: typeof theirs) {
      expect(theirs.classes).toEqual(own.classes);
      expect(new Set(own.sure.map(String)).size).toBeGreaterThan(1);
      expect(theirs.sure.map((row) => row.length)).toEqual(own.sure.map((row) => row.length));
      const apart = own.sure.flatMap((row, i) =>
        row.map((value, k) => Math.abs(value - (theirs.sure[i]?.[k] as number))),
      );
      // Ours are rounded to four decimals.
      expect(Math.max(...apart)).toBeLessThan(0.6e-4);
    }

    it("predicts of a table what owner predict does, with ONNX Runtime and with PyTorch", async () => {
      const source = join(folder, "unknown.csv");
      writeFileSync(source, `${TABLE.join("\n")}\n`);
      const model = multilayerPerceptron({ features: 5, hidden: [5], classes: 3, seed: "1" });
      const pulled = pulledModel(model, tableData);

      const own = await ours(pulled, source);
      const print = (sure: string) =>
        `\nprint(json.dumps({"classes": table["predicted"].tolist(), "sure": ${sure}.tolist()}))`;

      expectSame(run(pulled, blocksOf("") + print("sure")), own);
      const both = `${blocksOf("")}\n${blocksOf("pytorch")}${print("sureness(features(table))")}`;
      expectSame(run(pulled, both), own);
    });

    it("predicts of images what owner predict does, with ONNX Runtime and with PyTorch", async () => {
      const source = join(folder, "scans");
      mkdirSync(source);
      // The page names one image of each kind; the second is turned upright by what its camera noted.
      const pixels = Uint8Array.from({ length: 3 * 7 * 11 }, (_, i) => (i * i * 7) % 256);
      const image = { width: 7, height: 11, channels: 3, data: pixels };
      writeFileSync(join(source, "1.png"), encode(image));
      writeFileSync(join(source, "2.jpg"), fixture("turned.jpg"));
      const options = { inputShape: [3, 11, 7], filters: [4], classes: 2, seed: "2" } as const;
      const pulled = pulledModel(convolutionalNetwork(options), imageData);

      const own = await ours(pulled, source);
      const onnx = blocksOf("").split("import pandas")[0] as string;
      const print = (sure: string) =>
        `\nprint(json.dumps({"classes": classes, "sure": ${sure}.tolist()}))`;
      const images = `${onnx}\n${blocksOf("images")}`;

      expectSame(run(pulled, images + print("sure")), own);
      const stacked = "numpy.stack([image.transpose(2, 0, 1) for image in pixels])";
      const both = `${images}\n${blocksOf("pytorch")}${print(`sureness(${stacked})`)}`;
      expectSame(run(pulled, both), own);
    });
  },
);
