import { readdir, writeFile } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import type { ProjectTerms } from "../adapters/chain/project-terms.ts";
import { makeFolder } from "../adapters/make-folder.ts";
import { encodeCsv, parseCsv } from "../learning/csv.ts";
import { encodeIdx, type IdxArray } from "../learning/idx.ts";
import { findIdxFiles, readIdx } from "../learning/idx-folder.ts";
import { designManifest } from "../owner/design-project.ts";
import { drawSets, type SetSizes } from "../owner/draw-sets.ts";
import { type DataSummary, inspectData } from "../owner/inspect-data.ts";
import { measureUpdates } from "../owner/measure-updates.ts";
import { CommonweightError } from "../protocol/errors.ts";
import type { Manifest } from "../protocol/manifest.ts";
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
  const divide = summary.tableText === undefined ? divideIdx : divideTable;
  const [ownerSource, trainerSource] = await divide(summary, around.folder, [
    Int32Array.from([...root, ...pay, ...validation]),
    rest,
  ]);
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
  { tableText = "" }: DataSummary,
  folder: string,
  positions: Positions,
): Promise<Divided> {
  const { header, rows } = parseCsv(tableText);
  const paths = NAMES.map(async (name, k) => {
    const own = Array.from(positions[k] as Int32Array, (at) => rows[at] as readonly string[]);
    const path = join(folder, `${name}.csv`);
    await writeFile(path, encodeCsv({ header, rows: own }));
    return path;
  });
  return (await Promise.all(paths)) as Divided;
}

async function divideIdx(
  { source }: DataSummary,
  folder: string,
  positions: Positions,
): Promise<Divided> {
  const files = findIdxFiles(await readdir(source));
  if (files === undefined) {
    throw new CommonweightError(
      marketErrors.options,
      `--dataset ${source}: a .csv or .tsv file, or a folder with idx files of images and labels`,
    );
  }
  const [images, labels] = await Promise.all(
    [files.images, files.labels].map((name) => readIdx(join(source, name))),
  );
  const paths = NAMES.map(async (name, k) => {
    const path = join(folder, name);
    makeFolder(path);
    const write = (file: string, array: IdxArray | undefined) =>
      writeFile(join(path, file), encodeIdx(rowsOf(array as IdxArray, positions[k] as Int32Array)));
    await write("images-idx3-ubyte", images);
    await write("labels-idx1-ubyte", labels);
    return path;
  });
  return (await Promise.all(paths)) as Divided;
}

/** The samples at these positions, one after the other. */
function rowsOf({ shape, values }: IdxArray, positions: Int32Array): IdxArray {
  const length = shape.slice(1).reduce((all, side) => all * side, 1);
  const chosen = new Uint8Array(positions.length * length);
  positions.forEach((at, row) => {
    chosen.set(values.subarray(at * length, (at + 1) * length), row * length);
  });
  return { shape: [positions.length, ...shape.slice(1)], values: chosen };
}
