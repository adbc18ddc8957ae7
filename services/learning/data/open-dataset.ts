import { CommonweightError } from "../../protocol/errors.ts";
import { learningErrors } from "../errors.ts";
import { seededRandom, shuffledIndices } from "../random.ts";
import { type Dataset, subsetDataset } from "./dataset.ts";
import { readMnist } from "./mnist.ts";
import { type OpenDataFilesOptions, openDataFiles } from "./open-data-files.ts";
import { countLabels, type PartitionPlan, partitionIndices } from "./partition.ts";
import { seenAs } from "./reshape-to-model.ts";

/** Where samples come from, and which part of them somebody holds. */
export interface DataSource {
  /** `mnist` (training part), `mnist:test`, or the path of data files. */
  readonly source: string;
  /** How to read data files, and the shape the model wants. */
  readonly files?: OpenDataFilesOptions | undefined;
  /** Use at most this many samples, drawn with the seed. */
  readonly samples?: number | undefined;
  /** The disjoint part of one of several holders; all samples without it. */
  readonly part?: { readonly index: number; readonly of: number } | undefined;
  readonly plan?: PartitionPlan | undefined;
  readonly seed?: string | undefined;
  /** Relative sizes of the parts. */
  readonly sizes?: readonly number[] | undefined;
}

/**
 * Opens the data that a trainer or an owner trains on. The same source, seed and part give the same samples.
 *
 * @throws CommonweightError CW3101 when the files are not there, CW3106 for an impossible partition.
 */
export async function openDataset(data: DataSource): Promise<Dataset> {
  const { seed = "0", plan = { kind: "iid" }, part } = data;
  const whole = await openSource(data);
  const pool =
    data.samples === undefined || data.samples >= whole.size
      ? whole
      : subsetDataset(
          whole,
          shuffledIndices(whole.size, seededRandom(`commonweight/sample/${seed}`)).slice(
            0,
            data.samples,
          ),
        );
  if (part === undefined) return pool;
  const parts = partitionIndices({
    labels: await pool.readLabels(),
    classes: (await countLabels(pool)).length,
    parts: part.of,
    plan,
    seed,
    ...(data.sizes ? { sizes: data.sizes } : {}),
  });
  const own = parts[part.index];
  if (own === undefined) {
    throw new CommonweightError(
      learningErrors.partitionImpossible,
      `there is no part ${part.index + 1} of ${part.of}; the first is 1`,
    );
  }
  return subsetDataset(pool, own);
}

/** Whether somebody means the samples that come with the repository, and no file. */
export const isMnist = (source: string): boolean => source === "mnist" || source === "mnist:test";

async function openSource({ source, files }: DataSource): Promise<Dataset> {
  if (!isMnist(source)) return openDataFiles(source, files);
  return seenAs(await readMnist(source === "mnist" ? "train" : "test"), files?.inputShape);
}
