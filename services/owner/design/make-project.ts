import { randomBytes } from "node:crypto";
import { encodeCsv } from "../../learning/data/formats/csv.ts";
import type { CsvTable } from "../../learning/data/formats/csv-table.ts";
import { countParameters } from "../../learning/model-spec.ts";
import { type Manifest, manifestText } from "../../protocol/manifest/manifest.ts";
import { type ProjectFile, writeInto, writeProjectFile } from "../posting/project-folder.ts";
import { requireProvable } from "../posting/provable-size.ts";
import {
  designManifest,
  designTerms,
  modelFor,
  slotsFor,
  type TermsJson,
} from "./design-project.ts";
import { type DrawnSets, defaultSetSizes, drawSets } from "./draw-sets.ts";
import { type Choice, choicesText, explainDesign } from "./explain-design.ts";
import type { DataSummary } from "./inspect-data.ts";
import { measureUpdates } from "./measure-updates.ts";
import type { ProjectAnswers } from "./project-questions.ts";

/** A project's files, as they were written. */
export interface MadeProject {
  readonly folder: string;
  readonly files: readonly string[];
  readonly manifest: Manifest;
  readonly terms: TermsJson;
  readonly choices: readonly Choice[];
  readonly samples: {
    readonly root: number;
    readonly pay: number;
    readonly validation: number;
    readonly rest: number;
  };
}

const SET_NAMES = ["root", "pay", "validation", "rest"] as const;

/** Divides a table's rows into the sets' own files. */
async function writeTableSets(
  folder: string,
  { header, rows }: CsvTable,
  sets: DrawnSets,
): Promise<string[]> {
  const files = SET_NAMES.filter((name) => sets[name].length > 0).map(async (name) => {
    const chosen = Array.from(sets[name], (index) => rows[index] as readonly string[]);
    return writeInto(folder, `sets/${name}.csv`, encodeCsv({ header, rows: chosen }));
  });
  return Promise.all(files);
}

/**
 * Makes a project's folder: manifest, terms, the owner's sets, and the reasons. Nothing leaves this machine.
 *
 * @throws CW4017 for too few samples, CW4021 for a rule that cannot work, CW3005 when training diverges whatever the rate.
 */
export async function makeProject(options: {
  folder: string;
  answers: ProjectAnswers;
  summary: DataSummary;
  signal: AbortSignal;
  onProgress: (text: string) => void;
}): Promise<MadeProject> {
  const { folder, answers, summary, signal, onProgress } = options;
  slotsFor(answers.trainers);
  requireProvable(countParameters(modelFor(answers, summary)));
  const sizes = defaultSetSizes(summary.samples);
  const seed = randomBytes(16).toString("hex");
  const sets = await drawSets(summary.dataset, sizes, seed);
  onProgress("training on your data, to measure how long honest updates are");
  const measured = await measureUpdates({ answers, summary, signal });
  const design = { answers, summary, sizes, ...measured };
  const manifest = designManifest(design);
  const terms = designTerms(design);
  const choices = explainDesign(design, manifest, terms);
  const files = [
    await writeInto(folder, "manifest.json", manifestText(manifest)),
    await writeInto(folder, "terms.json", `${JSON.stringify(terms, null, 2)}\n`),
    await writeInto(folder, "choices.md", choicesText(answers.title, choices)),
    await writeInto(
      folder,
      ".gitignore",
      "# The samples that decide about pay must not get around.\nsets/\n",
    ),
    ...(summary.table === undefined ? [] : await writeTableSets(folder, summary.table, sets)),
  ];
  const project: ProjectFile = {
    version: 1,
    sets:
      summary.table === undefined
        ? { kind: "drawn", source: summary.source, samples: summary.samples, seed, ...sizes }
        : {
            kind: "files",
            root: "sets/root.csv",
            pay: "sets/pay.csv",
            validation: "sets/validation.csv",
          },
    data: { source: summary.source },
    trainers: answers.trainers,
  };
  await writeProjectFile(folder, project);
  return { folder, files, manifest, terms, choices, samples: { ...sizes, rest: sets.rest.length } };
}
