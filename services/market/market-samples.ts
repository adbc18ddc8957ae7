import { writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import type { ProjectTerms } from "../adapters/chain/projects/project-terms.ts";
import { makeFolder } from "../adapters/make-folder.ts";
import { encodeNpy } from "../adapters/model-export/numpy.ts";
import { countValues } from "../learning/count-values.ts";
import { encodeCsv } from "../learning/data/formats/csv.ts";
import type { CsvTable } from "../learning/data/formats/csv-table.ts";
import { writtenLabel } from "../learning/data/label-classes.ts";
import { designManifest } from "../owner/design/design-project.ts";
import { drawSets, type SetSizes } from "../owner/design/draw-sets.ts";
import { type DataSummary, inspectData } from "../owner/design/inspect-data.ts";
import { measureUpdates } from "../owner/design/measure-updates.ts";
import { CommonweightError } from "../protocol/errors.ts";
import type { Manifest } from "../protocol/manifest/manifest.ts";
import { marketErrors } from "./errors.ts";
import { type MarketOptions, marketManifest } from "./market-plan.ts";

/** The samples of a market: whose they are, and what the project says about them. */
export interface MarketSamples {
  /** `--data` of all trainers, who divide it among themselves. */
  readonly trainerSource: string;
  /** `--data` of the referee. */
  readonly ownerSource: string;
  /** Sizes of the owner's sets; the referee's own when absent. */
  readonly sizes?: SetSizes;
  /** The project, designed for the samples: trains on some of them where nothing is known about them. */
  design(): Promise<{ manifest: Manifest; terms: Partial<ProjectTerms> }>;
}

/** Parts of all samples that go to the owner, up to what is enough for any project. */
const OWNER_PARTS = { root: [0.1, 200], pay: [0.2, 1000], validation: [0.1, 2000] } as const;
/** Fewer make updates that are nothing but noise. */
const LEAST_EACH = 8;

/**
 * Divides the samples of a run between the owner and all trainers together, as files in `folder` that processes can be given. The
 * same options give the same files. MNIST, which every machine has, stays where it is.
 *
 * @throws CW6004 for too few samples, CW4017 for classes too rare, CW31xx for data that cannot be read.
 */
export async function divideSamples(
  options: MarketOptions,
  around: { readonly folder: string; readonly signal: AbortSignal },
): Promise<MarketSamples> {
  const { dataset } = options;
  if (dataset === undefined) {
    return {
      trainerSource: "mnist",
      ownerSource: "mnist:test",
      design: async () => ({ manifest: marketManifest(options), terms: {} }),
    };
  }
  const summary = await inspectData(dataset, { target: options.target });
  const sizes = sizesFor(summary.samples);
  const { root, pay, validation, rest } = await drawSets(summary.dataset, sizes, options.seed);
  const most = Math.min(rest.length, options.samples);
  if (most < options.trainers * LEAST_EACH) {
    throw new CommonweightError(
      marketErrors.options,
      `--dataset ${dataset}: ${most} samples for ${options.trainers} trainers, besides the owner's; each needs ${LEAST_EACH} or more`,
    );
  }
  makeFolder(around.folder);
  const positions = [Int32Array.from([...root, ...pay, ...validation]), rest] as const;
  const [ownerSource, trainerSource] = await (summary.table === undefined
    ? divideArrays(summary, around.folder, positions)
    : divideTable(summary.table, around.folder, positions));
  const design = async () => {
    const title = `${basename(dataset, extname(dataset))}, learned together`;
    const answers = {
      ...{ title, model: options.model, trainers: options.trainers },
      description: `Samples like those of ${basename(dataset)}, which nobody shows to anybody.`,
      samplesEach: Math.floor(most / options.trainers),
    };
    const measured = await measureUpdates({ answers, summary, signal: around.signal });
    const manifest = designManifest({ answers, summary, sizes, ...measured });
    return { manifest, terms: { normBoundSquared: measured.calibration.normBoundSquared } };
  };
  return { trainerSource, ownerSource, sizes, design };
}

function sizesFor(samples: number): SetSizes {
  const sizeOf = (name: keyof SetSizes) => {
    const [part, enough] = OWNER_PARTS[name];
    return Math.min(enough, Math.floor(part * samples));
  };
  return { root: sizeOf("root"), pay: sizeOf("pay"), validation: sizeOf("validation") };
}

type Divided = [ownerSource: string, trainerSource: string];
type Positions = readonly [owner: Int32Array, trainers: Int32Array];
const NAMES = ["owner", "trainers"] as const;

async function divideTable(
  { header, rows }: CsvTable,
  folder: string,
  positions: Positions,
): Promise<Divided> {
  const paths = NAMES.map(async (name, k) => {
    const own = Array.from(positions[k] as Int32Array, (at) => rows[at] as readonly string[]);
    const path = join(folder, `${name}.csv`);
    await writeFile(path, encodeCsv({ header, rows: own }));
    return path;
  });
  return (await Promise.all(paths)) as Divided;
}

/** Samples that are read and written together. */
const PIECE = 4096;

/** Arrays and images, of whatever format: NumPy's afterwards, which is read from disk when needed. */
async function divideArrays(
  { dataset, data }: DataSummary,
  folder: string,
  positions: Positions,
): Promise<Divided> {
  const paths = NAMES.map(async (name, k) => {
    const path = join(folder, name);
    makeFolder(path);
    const own = positions[k] as Int32Array;
    const length = countValues(dataset.inputShape);
    const inputs = new Float32Array(own.length * length);
    const labels = new Int32Array(own.length);
    for (let from = 0; from < own.length; from += PIECE) {
      const piece = await dataset.readBatch(own.subarray(from, from + PIECE));
      inputs.set(piece.inputs, from * length);
      for (const [i, label] of piece.labels.entries()) {
        labels[from + i] = writtenLabel(label, data.classes);
      }
    }
    const shape = [own.length, ...dataset.inputShape];
    await writeFile(join(path, "x.npy"), encodeNpy({ name: "x", shape, values: inputs }));
    const one = { name: "y", shape: [own.length], values: labels };
    await writeFile(join(path, "y.npy"), encodeNpy(one));
    return path;
  });
  return (await Promise.all(paths)) as Divided;
}
