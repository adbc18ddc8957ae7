import { parseCsv } from "../../services/learning/csv.ts";
import { csvDataset } from "../../services/learning/csv-dataset.ts";
import { dataFileOptions } from "../../services/learning/data-file-options.ts";
import { DATA_LIMITS } from "../../services/learning/data-limits.ts";
import { type Dataset, subsetDataset } from "../../services/learning/dataset.ts";
import { describeTable, tableData } from "../../services/learning/describe-table.ts";
import { learningErrors } from "../../services/learning/errors.ts";
import { madeUpDataset } from "../../services/learning/made-up-dataset.ts";
import { projectDataset } from "../../services/learning/project-dataset.ts";
import { seededRandom, shuffledIndices } from "../../services/learning/random.ts";
import { type RehearsalReport, rehearse } from "../../services/learning/rehearse.ts";
import { measureUpdates } from "../../services/owner/measure-updates.ts";
import { rehearsalFindings } from "../../services/owner/rehearsal-findings.ts";
import { CommonweightError } from "../../services/protocol/errors.ts";
import type { Manifest } from "../../services/protocol/manifest.ts";
import { designedManifest } from "./designed-manifest.ts";
import type {
  DescribedTable,
  RehearsalMessage,
  RehearsalOrder,
  SampleSource,
} from "./rehearsal-messages.ts";

/** As many as the command-line rehearsal takes: enough to see, and seconds rather than minutes. */
const MOST_SAMPLES = 6000;

/** @throws CW3103 for a table of more bytes than are read, CW3102 when it is not UTF-8. */
async function readText(file: Blob): Promise<string> {
  if (file.size > DATA_LIMITS.textBytes) {
    throw new CommonweightError(learningErrors.dataTooLarge, `${file.size} bytes`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer());
  } catch (cause) {
    throw new CommonweightError(learningErrors.dataMalformed, "The file is not UTF-8", { cause });
  }
}

/** Looks at a table: what a manifest would say about it. @throws CW3102, CW3103 and CW3105 for what is none */
export async function describeFile(file: Blob): Promise<DescribedTable> {
  const table = parseCsv(await readText(file));
  const description = describeTable(table);
  const { dropped } = description;
  return { data: tableData(description), samples: table.rows.length, dropped };
}

/** Samples as the table or the seed gives them, before the project's normalisation. */
async function openSamples(
  source: SampleSource,
  { data, model }: Manifest,
  seed: string,
): Promise<Dataset> {
  const classes = data.classes?.length ?? 2;
  if (source.kind === "made-up") {
    const inputShape = model.kind === "layers" ? model.inputShape : data.inputShape;
    const size = Math.min(MOST_SAMPLES, source.samples);
    return madeUpDataset({ inputShape, classes, size, seed });
  }
  const whole = csvDataset(await readText(source.file), dataFileOptions(data));
  if (whole.size <= MOST_SAMPLES) return whole;
  const order = shuffledIndices(whole.size, seededRandom(`${seed}/samples`));
  return subsetDataset(whole, order.subarray(0, MOST_SAMPLES));
}

/** The manifest's part about data: invented samples lie around 0 already. */
function dataOf(source: SampleSource, { data }: Manifest): Manifest["data"] {
  if (source.kind === "table") return data;
  const { normalisation: _, ...rest } = data;
  return rest;
}

/**
 * Measures, if asked to, and rehearses, with the code that `owner init` and `owner rehearse` run.
 *
 * @param tell Hears of every step; the last is the report itself.
 * @throws what measuring, rehearsing and reading the table throw.
 */
export async function runRehearsal(
  order: RehearsalOrder,
  tell: (message: RehearsalMessage) => void,
  signal?: AbortSignal,
): Promise<RehearsalReport> {
  const { source, measure, trainers, attackMix, seed } = order;
  tell({ type: "doing", text: "reading the samples" });
  const samples = await openSamples(source, order.manifest, seed);
  const data = dataOf(source, order.manifest);
  let { manifest } = order;
  if (measure !== undefined) {
    tell({ type: "doing", text: "training, to measure how long honest updates are" });
    const summary = { samples: samples.size, dataset: samples, data };
    const measured = await measureUpdates({ answers: measure, summary, signal });
    manifest = designedManifest(manifest, measure, measured);
    tell({
      type: "measured",
      numbers: { ...manifest.fixedPoint, learningRate: manifest.training.learningRate },
    });
  }
  const attackers = attackMix.reduce((sum, part) => sum + part.trainers, 0);
  const isAttacker = Array.from({ length: trainers }, (_, i) => i >= trainers - attackers);
  tell({ type: "doing", text: `round 1 of ${order.rounds}` });
  const report = await rehearse({
    ...{ manifest, terms: order.terms, data: projectDataset(samples, data) },
    ...{ trainers, attackMix, rounds: order.rounds, seed, partition: order.partition },
    ...(signal ? { signal } : {}),
    onProgress: (round, rounds) => {
      tell({ type: "round", round, rounds, isAttacker });
      if (round.roundIndex + 1 < rounds) {
        tell({ type: "doing", text: `round ${round.roundIndex + 2} of ${rounds}` });
      }
    },
  });
  tell({ type: "done", report, findings: rehearsalFindings(report), samples: samples.size });
  return report;
}
