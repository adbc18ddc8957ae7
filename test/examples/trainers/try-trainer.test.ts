import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { repositoryRoot } from "../../../scripts/repository.ts";
import { multilayerPerceptron } from "../../../services/learning/model-spec.ts";
import { type Manifest, manifestText } from "../../../services/protocol/manifest/manifest.ts";
import { MANIFEST } from "../../protocol/manifest/manifest-case.ts";

const PENGUINS: Manifest["data"] = {
  inputShape: [4],
  classes: ["Adelie", "Chinstrap", "Gentoo"],
  table: {
    columns: ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "body_mass_g"],
    target: "species",
    missing: { bill_length_mm: 44, bill_depth_mm: 17, flipper_length_mm: 201, body_mass_g: 4200 },
  },
  normalisation: { mean: [44, 17, 201, 4200], deviation: [5.5, 2, 14, 800] },
};

describe("npm run try-trainer", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "try-trainer-test-"));
    const layers = multilayerPerceptron({ features: 4, hidden: [6], classes: 3, seed: "1" });
    const model = { ...layers, inputShape: [4], layers: [...layers.layers] };
    const training = { optimiser: "sgd", learningRate: 0.1, batchSize: 16, epochs: 5 } as const;
    const manifest = { ...MANIFEST, model, data: PENGUINS, training };
    writeFileSync(join(folder, "manifest.json"), manifestText(manifest));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function run(...args: string[]) {
    return spawnSync(process.execPath, ["examples/trainers/try-trainer.ts", ...args], {
      ...{ cwd: repositoryRoot, encoding: "utf8" },
      // Job folders are left behind for people, below this folder.
      env: { ...process.env, TMPDIR: folder },
    });
  }
  const project = () => ["--manifest", join(folder, "manifest.json")];
  const samples = ["--data", "examples/penguins/ben.csv"];
  const ours = (name: string) =>
    `"${process.execPath}" "${repositoryRoot}examples/trainers/${name}"`;

  it("compares a program with the built-in trainer, on a project's manifest and samples of one's own", () => {
    const { stdout, status } = run(...project(), ...samples, ours("plain-node/train.mjs"));

    expect(status).toBe(0);
    const losses = [...stdout.matchAll(/^(before|after|the built-in).*: .*loss ([\d.]+)$/gm)];
    const [before, after, builtIn] = losses.map(([, , loss]) => Number(loss)) as number[];
    expect(after).toBeLessThan(0.9 * (before as number));
    expect(builtIn).toBeLessThan(0.9 * (before as number));
    const compared = /^your update: ([\d.]+) times as long .*, cosine ([\d.]+)$/m.exec(stdout);
    expect(Number(compared?.[1])).toBeCloseTo(1, 0);
    expect(Number(compared?.[2])).toBeGreaterThan(0.8);
  });

  it("says why a program failed, and where its job lies", () => {
    const { stdout, stderr, status } = run(
      ...project(),
      ...samples,
      "echo no such column >&2; exit 1",
    );

    expect(status).toBe(3);
    expect(stderr).toContain("ended with 1: no such column");
    expect(existsSync(join(/^job folder: (.*)$/m.exec(stdout)?.[1] ?? "", "job.json"))).toBe(true);
  });

  it.each([
    ["a manifest that is not there", ["--manifest", "/none.json"], "CW3101: /none.json"],
    ["samples that do not fit", ["--data", "examples/penguins/README.md"], "CW3104"],
  ])("refuses %s before it runs anything", (_, args, message) => {
    const { stdout, stderr, status } = run(...project(), ...samples, ...args, "true");

    expect(status).toBe(3);
    expect(stderr).toContain(message);
    expect(stdout).toBe("");
  });

  it.each([
    ["no program", ["--model", "cnn"]],
    ["a model that there is not", ["--model", "transformer", "true"]],
    ["a manifest without samples", ["--manifest", "manifest.json", "true"]],
    ["a program in several words", ["python3", "train.py"]],
    ["an option that there is not", ["--epochs", "3", "true"]],
  ])("shows how it is used, given %s", (_, args) => {
    const { stderr, status } = run(...args);

    expect(status).toBe(2);
    expect(stderr).toContain("usage: npm run try-trainer");
  });
});
