import { csvDataset, tableDataset } from "../../services/learning/data/csv-dataset.ts";
import { dataFileOptions } from "../../services/learning/data/data-file-options.ts";
import { type Dataset, subsetDataset } from "../../services/learning/data/dataset.ts";
import { describeTable, tableData } from "../../services/learning/data/describe-table.ts";
import { parseCsv } from "../../services/learning/data/formats/csv.ts";
import { DATA_LIMITS } from "../../services/learning/data/formats/data-limits.ts";
import { madeUpDataset } from "../../services/learning/data/made-up-dataset.ts";
import { countLabels } from "../../services/learning/data/partition.ts";
import { projectDataset } from "../../services/learning/data/project-dataset.ts";
import { rareClassWarning } from "../../services/learning/data/rare-classes.ts";
import { tableWarnings } from "../../services/learning/data/table-warnings.ts";
import { learningErrors } from "../../services/learning/errors.ts";
import { seededRandom, shuffledIndices } from "../../services/learning/random.ts";
import {
  type RehearsalReport,
  type RehearseParameters,
  rehearse,
} from "../../services/learning/rehearsal/rehearse.ts";
import { measureUpdates } from "../../services/owner/design/measure-updates.ts";
import { rehearsalFindings } from "../../services/owner/rehearsal/rehearsal-findings.ts";
import { CommonweightError } from "../../services/protocol/errors.ts";
import type { Manifest } from "../../services/protocol/manifest/manifest.ts";
import { attacksFor } from "./attacks-for.ts";
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
  if (file.size > DATA_LIMITS.tableBytes) {
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
  const { dropped, classes } = description;
  const data = tableData(description);
  const classCounts = await countLabels(tableDataset(table, dataFileOptions(data)));
  const warnings = [
    ...tableWarnings(table, description, "leave it out of the file"),
    ...rareClassWarning(classes, classCounts),
  ];
  return { data, samples: table.rows.length, dropped, warnings };
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

type Tell = (message: RehearsalMessage) => void;

/** What is the same for every rehearsal of an order: the samples, and the manifest with measured numbers if asked for. */
async function prepare(order: RehearsalOrder, tell: Tell, signal: AbortSignal | undefined) {
  const { source, measure, seed } = order;
  tell({ type: "doing", text: "reading the samples" });
  const samples = await openSamples(source, order.manifest, seed);
  const data = dataOf(source, order.manifest);
  const prepared = { samples: samples.size, dataset: projectDataset(samples, data) };
  if (measure === undefined) return { ...prepared, manifest: order.manifest };
  tell({ type: "doing", text: "training, to measure how long honest updates are" });
  const summary = { samples: samples.size, dataset: samples, data };
  const measured = await measureUpdates({ answers: measure, summary, signal });
  const manifest = designedManifest(order.manifest, measure, measured);
  const { training, fixedPoint } = manifest;
  tell({ type: "measured", numbers: { ...fixedPoint, learningRate: training.learningRate } });
  return { ...prepared, manifest };
}

type Prepared = Awaited<ReturnType<typeof prepare>>;

const rehearseOrder = (
  { terms, trainers, attackMix, rounds, seed, partition }: RehearsalOrder,
  { manifest, dataset }: Prepared,
  options: Pick<RehearseParameters, "onProgress"> & { readonly signal: AbortSignal | undefined },
) =>
  rehearse({
    ...{ manifest, terms, data: dataset, trainers, attackMix, rounds, seed, partition },
    ...(options.signal ? { signal: options.signal } : {}),
    ...(options.onProgress ? { onProgress: options.onProgress } : {}),
  });

/**
 * Measures, if asked to, and rehearses, with the code that `owner init` and `owner rehearse` run.
 *
 * @param tell Hears of every step; the last is the report itself.
 * @throws what measuring, rehearsing and reading the table throw.
 */
export async function runRehearsal(
  order: RehearsalOrder,
  tell: Tell,
  signal?: AbortSignal,
): Promise<RehearsalReport> {
  const { trainers, attackMix } = order;
  const prepared = await prepare(order, tell, signal);
  const attackers = attackMix.reduce((sum, part) => sum + part.trainers, 0);
  const isAttacker = Array.from({ length: trainers }, (_, i) => i >= trainers - attackers);
  tell({ type: "doing", text: `round 0 (1 of ${order.rounds})` });
  const report = await rehearseOrder(order, prepared, {
    signal,
    onProgress: (round, rounds) => {
      tell({ type: "round", round, rounds, isAttacker });
      if (round.roundIndex + 1 < rounds) {
        tell({
          type: "doing",
          text: `round ${round.roundIndex + 1} (${round.roundIndex + 2} of ${rounds})`,
        });
      }
    },
  });
  const { samples } = prepared;
  tell({ type: "done", report, findings: rehearsalFindings(report), samples });
  return report;
}

/**
 * Rehearses an order once with nobody attacking and once with each attack that does anything to its task, all by the same
 * trainers with the same samples.
 *
 * @param attackers How many of the trainers attack; the order's own mix is not looked at.
 * @throws what `runRehearsal` throws.
 */
export async function runSurvey(
  order: RehearsalOrder,
  attackers: number,
  tell: Tell,
  signal?: AbortSignal,
): Promise<void> {
  const prepared = await prepare(order, tell, signal);
  const attacks = attacksFor(order.manifest.data.classes?.length ?? 2).map(({ name }) => name);
  const trials = [null, ...attacks];
  for (const [place, attack] of trials.entries()) {
    const text = attack === null ? "without attackers" : `${attack}, ${place} of ${attacks.length}`;
    tell({ type: "doing", text });
    const attackMix = attack === null ? [] : [{ attack, trainers: attackers }];
    const report = await rehearseOrder({ ...order, attackMix }, prepared, { signal });
    const { finalAccuracy, missedShare, falseRemovalShare, attackerPayShare, voidRounds } = report;
    const findings = rehearsalFindings(report);
    tell({
      type: "tried",
      tried: {
        ...{ attack, findings, finalAccuracy, missedShare },
        ...{ falseRemovalShare, attackerPayShare, voidRounds },
      },
      trials: trials.length,
    });
  }
  tell({ type: "surveyed", samples: prepared.samples });
}
