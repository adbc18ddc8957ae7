import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memoryDataset } from "../../services/learning/data/dataset.ts";
import { guessTarget } from "../../services/learning/data/describe-table.ts";
import { parseCsv } from "../../services/learning/data/formats/csv.ts";
import {
  designTerms,
  leastTrainers,
  slotsFor,
} from "../../services/owner/design/design-project.ts";
import { defaultSetSizes, drawSets } from "../../services/owner/design/draw-sets.ts";
import { inspectData } from "../../services/owner/design/inspect-data.ts";
import { makeProject } from "../../services/owner/design/make-project.ts";
import { projectQuestions } from "../../services/owner/design/project-questions.ts";
import { findProject, openFolderSets } from "../../services/owner/find-project.ts";
import {
  readProjectFolder,
  writeProjectFile,
} from "../../services/owner/posting/project-folder.ts";
import { requireProvable } from "../../services/owner/posting/provable-size.ts";
import { parseTerms } from "../../services/owner/posting/terms-file.ts";
import { rehearsalSubject } from "../../services/owner/rehearsal/rehearsal-subject.ts";
import { cropsTable } from "./crops-table.ts";
import { refusalOf } from "./refusal-of.ts";

const AGGREGATOR = `0x${"a1".repeat(20)}`;
const ANSWERS = {
  title: "Grades of crops",
  description: "three grades",
  model: "mlp",
  trainers: 4,
  samplesEach: 60,
  rounds: 2,
  budgetWei: 10n ** 18n,
  stakeWei: 10n ** 17n,
  rule: "trust",
  withstand: 0,
  pace: "minutes",
  aggregators: [AGGREGATOR],
} as const;

let folder = "";
let data = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "commonweight-init-"));
  data = join(folder, "crops.csv");
  await writeFile(data, cropsTable(300));
});
afterAll(() => rm(folder, { recursive: true }));

describe("a look at a table", () => {
  it("finds the class, spreads text, fills missing numbers, and leaves identifiers out", async () => {
    const summary = await inspectData(data);

    expect(summary.data.table).toEqual({
      columns: ["height", "tilt", "colour"],
      target: "grade",
      categories: { colour: ["blue, light", "red"] },
      missing: { height: expect.any(Number), tilt: expect.any(Number) },
    });
    expect(summary.data).toMatchObject({ inputShape: [4], classes: ["high", "low", "mid"] });
    expect(summary.dropped).toEqual([
      { column: "customer_id", why: expect.stringContaining("identifier") },
    ]);
    expect(summary.classCounts.reduce((a, b) => a + b)).toBe(300);
  });

  it("says what an accuracy hides where a class is rare", async () => {
    const rows = Array.from({ length: 200 }, (_, i) => `${Math.sin(i)},${i < 6 ? "yes" : "no"}`);
    await writeFile(join(folder, "rare.csv"), ["x,label", ...rows].join("\n"));

    expect((await inspectData(join(folder, "rare.csv"))).warnings).toContainEqual(
      expect.stringMatching(/Few samples of class "yes": whoever always says "no" .* 97.0 %/),
    );
    expect((await inspectData(data)).warnings).toEqual([]);
  });

  it("takes the target by its name wherever it is", () => {
    expect(guessTarget(["Label", "a", "b"])).toBe("Label");
    expect(guessTarget(["a", "b"])).toBe("b");
  });

  it("refuses a class column of measurements, and one that is not there", async () => {
    await refusalOf("CW3105", () => inspectData(data, { target: "height" }));
    await refusalOf("CW3105", () => inspectData(data, { target: "none" }));
    await refusalOf("CW3101", () => inspectData(join(folder, "none.csv")));
  });
});

describe("the owner's sets", () => {
  it("are disjoint, have every class, and are the same for the same seed", async () => {
    const labels = Array.from({ length: 200 }, (_, i) => (i < 6 ? 2 : i % 2));
    const dataset = memoryDataset({
      inputs: new Float32Array(200),
      labels,
      inputShape: [1],
      classes: 3,
    });
    const sizes = defaultSetSizes(200);
    const sets = await drawSets(dataset, sizes, "a");

    const { root, pay, validation, rest } = sets;
    expect([root.length, pay.length, validation.length]).toEqual([40, 100, 50]);
    expect(new Set([...root, ...pay, ...validation, ...rest]).size).toBe(200);
    for (const set of [root, pay, validation]) {
      expect(new Set(Array.from(set, (index) => labels[index]))).toEqual(new Set([0, 1, 2]));
    }
    expect(await drawSets(dataset, sizes, "a")).toEqual(sets);
    expect(await drawSets(dataset, sizes, "b")).not.toEqual(sets);
  });

  it("are refused with the numbers when a class has too few samples", async () => {
    const labels = Array.from({ length: 100 }, (_, i) => (i < 2 ? 1 : 0));
    const dataset = memoryDataset({
      inputs: new Float32Array(100),
      labels,
      inputShape: [1],
      classes: 2,
    });

    const error = await refusalOf("CW4017", () => drawSets(dataset, defaultSetSizes(100), "a"));
    expect(error.message).toContain("the rarest with 2");
  });
});

describe("a project's folder", () => {
  it("holds a manifest and terms that can be posted, and sets that open again", async () => {
    const summary = await inspectData(data);
    const target = join(folder, "crops");
    const made = await makeProject({
      folder: target,
      answers: ANSWERS,
      summary,
      signal: new AbortController().signal,
      onProgress: () => {},
    });

    const read = await readProjectFolder(target);
    expect(read.manifest).toEqual(made.manifest);
    const terms = parseTerms(read.termsText, {
      manifest: read.manifest,
      wrappedNative: AGGREGATOR,
      account: AGGREGATOR,
    });
    expect(terms).toMatchObject({
      slots: 8,
      minTrainers: 3,
      maxTrainers: 5,
      aggregators: [AGGREGATOR],
    });
    // Two, not the ten that a rehearsal has otherwise.
    expect((await rehearsalSubject(target, {})).rounds).toBe(2);
    expect((await rehearsalSubject(target, { rounds: 12 })).rounds).toBe(12);
    const sets = await openFolderSets(read);
    expect([sets.rootSet.size, sets.paySet.size, sets.validationSet?.size]).toEqual([60, 150, 75]);
    const rows = await Promise.all(
      ["root", "pay", "validation", "rest"].map(async (name) =>
        parseCsv(await readFile(join(target, `sets/${name}.csv`), "utf8")).rows.map(([id]) => id),
      ),
    );
    expect(new Set(rows.flat()).size).toBe(300);
    expect(await readFile(join(target, "choices.md"), "utf8")).toContain(
      "**root set**: 60 samples",
    );
  });

  it("is a project of its own number once it is posted", async () => {
    const target = join(folder, "crops");
    await refusalOf("CW4019", () => findProject(target));
    const { project } = await readProjectFolder(target);
    const posted = { projectId: "7", chainId: "31337", market: AGGREGATOR, transactionHash: "0x1" };
    await writeProjectFile(target, { ...project, posted });

    expect((await findProject(target)).projectId).toBe(7n);
    expect((await findProject("12")).projectId).toBe(12n);
    await refusalOf("CW4025", () => findProject(join(folder, "none")));
    await writeFile(join(target, "project.json"), "{}");
    await refusalOf("CW4016", () => findProject(target));
  });
});

describe("a rule that cannot work", () => {
  const calibration = { normBoundSquared: 1n } as Parameters<typeof designTerms>[0]["calibration"];

  it("is refused with the numbers", async () => {
    const krum = { ...ANSWERS, rule: "multi-krum", withstand: 2 } as const;

    const error = await refusalOf("CW4021", () => designTerms({ answers: krum, calibration }));
    expect(error.message).toContain("at least 2f + 3 = 7");
    await refusalOf("CW4021", () => slotsFor(30));
    expect((await refusalOf("CW4021", () => requireProvable(31))).message).toContain(
      "31 parameters",
    );
  });

  it("works at the size that the message names", () => {
    const answers = { ...ANSWERS, rule: "multi-krum", withstand: 2, trainers: 7 } as const;

    expect(designTerms({ answers, calibration })).toMatchObject({
      slots: 16,
      ruleId: 2,
      ruleParameterA: 2,
      ruleParameterB: 5,
      minTrainers: 7,
    });
    expect(leastTrainers({ trainers: 13, rule: "trust" })).toBe(7);
    expect(leastTrainers({ trainers: 13, minTrainers: 13, rule: "trust" })).toBe(13);
  });
});

it("every suggested answer is one", async () => {
  for (const { fallback, choices, refuse } of projectQuestions(await inspectData(data), [])) {
    expect(refuse?.(fallback)).toBeUndefined();
    if (choices) expect(choices).toContain(fallback);
  }
});
