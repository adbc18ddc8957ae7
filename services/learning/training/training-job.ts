import { lstat, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CommonweightError } from "../../protocol/errors.ts";
import type { Manifest } from "../../protocol/manifest/manifest.ts";
import {
  decodeSafetensors,
  encodeSafetensors,
  float32Entries,
  tensorOf,
} from "../../protocol/model/safetensors.ts";
import { learningErrors } from "../errors.ts";
import type { ModelSpec } from "../model-spec.ts";
import { nameSome } from "../name-some.ts";
import { seededRandom } from "../random.ts";
import { flattenTensors, unflattenTensors } from "./flatten.ts";
import { type Hyperparameters, learningRateOf } from "./hyperparameters.ts";

/** Version of the contract between us and a trainer's own program: `docs/bring-your-own-trainer.md`. */
const TRAINING_JOB_VERSION = 1;
/** Where the program leaves its results, inside the job folder. */
export const TRAINER_OUTPUT_FOLDER = "output";

const MODEL_FILE = "model.safetensors";
const METRICS_FILE = "metrics.json";
const JOB_FILE = "job.json";
/** What programs write instead, by how it begins. */
const OTHER_FORMATS = [
  { name: "a ZIP archive, as torch.save and numpy.savez write it", mark: [0x50, 0x4b, 3, 4] },
  { name: "a .npy file", mark: [0x93, 0x4e, 0x55, 0x4d] },
  { name: "an HDF5 file, as Keras writes it", mark: [0x89, 0x48, 0x44, 0x46] },
  { name: "a pickle, as old versions of torch.save write it", mark: [0x80] },
] as const;
/** Where the JSON header of safetensors begins, and with what: a header of 128 bytes begins like a pickle otherwise. */
const HEADER_AT = 8;
const HEADER_MARK = 0x7b;
const MAX_HEADER_BYTES = 5_000_000;
const MAX_METRICS_BYTES = 65_536;

/** A job for a trainer's own program. */
export interface TrainingJob {
  readonly model: ModelSpec;
  /** The round's global model. */
  readonly parameters: Float32Array;
  readonly hyperparameters: Hyperparameters;
  /** The trainer's data, passed on as it is. */
  readonly dataPath: string;
  /** How the project wants samples: columns, classes, normalisation. */
  readonly data?: Manifest["data"] | undefined;
  readonly projectId: string;
  readonly roundIndex: number;
  readonly seed: string;
}

/** What the program reports; numbers only, for display. */
export type TrainerMetrics = Readonly<Record<string, number>>;

/** A parameter vector as a safetensors file of float32 tensors. */
export function encodeModel(model: ModelSpec, parameters: Float32Array): Uint8Array {
  const tensors = [...unflattenTensors(model, parameters)].map(([name, { shape, values }]) =>
    tensorOf({ name, shape, entries: values }),
  );
  return encodeSafetensors({ tensors, metadata: { format: "pt" } });
}

/**
 * Reads a safetensors file of float32 tensors as the model's parameter vector.
 *
 * @throws CommonweightError CW3003 when tensors do not fit the model, or a safetensors error.
 */
function decodeModel(model: ModelSpec, bytes: Uint8Array): Float32Array {
  const { tensors } = decodeSafetensors(bytes);
  return flattenTensors(
    model,
    new Map(
      tensors.map((tensor) => [
        tensor.name,
        { shape: tensor.shape, values: float32Entries(tensor) },
      ]),
    ),
  );
}

/** A seed as random generators of all libraries take it, of a text that says whose training of which round it is. */
function numberSeed(seed: string): string {
  return String(Math.floor(seededRandom(`commonweight/job/${seed}`)() * 2 ** 31));
}

/**
 * Writes `model.safetensors` and `job.json` into a folder, which is created for its owner alone: what training makes of private data will
 * lie in it.
 */
export async function writeTrainingJob(jobFolder: string, job: TrainingJob): Promise<void> {
  const { model, parameters, ...rest } = job;
  // The schedule is ours to apply, so that no program can forget it.
  const { schedule: _, ...training } = rest.hyperparameters;
  await mkdir(jobFolder, { recursive: true, mode: 0o700 });
  await writeFile(join(jobFolder, MODEL_FILE), encodeModel(model, parameters));
  const description = {
    version: TRAINING_JOB_VERSION,
    input: { model: MODEL_FILE, data: rest.dataPath },
    output: {
      model: `${TRAINER_OUTPUT_FOLDER}/${MODEL_FILE}`,
      metrics: `${TRAINER_OUTPUT_FOLDER}/${METRICS_FILE}`,
    },
    projectId: rest.projectId,
    roundIndex: rest.roundIndex,
    seed: numberSeed(rest.seed),
    training: { ...training, learningRate: learningRateOf(rest.hyperparameters, rest.roundIndex) },
    model,
    data: rest.data,
  };
  await writeFile(join(jobFolder, JOB_FILE), `${JSON.stringify(description, null, 2)}\n`);
}

/** Reads a regular file of bounded size: a program may be faulty, or fooled by its data. */
async function readBounded(path: string, maxBytes: number): Promise<Uint8Array | null> {
  const info = await lstat(path).catch(() => null);
  if (info === null) return null;
  if (!info.isFile() || info.size > maxBytes) {
    throw new CommonweightError(
      learningErrors.trainerResultInvalid,
      `${path} is ${info.isFile() ? `${info.size} bytes long` : "not a regular file"}`,
    );
  }
  return readFile(path);
}

/**
 * Reads what the program left.
 *
 * @throws CommonweightError CW3304 when the model is missing, too large, or does not fit; `metrics.json` may be anything.
 */
export async function readTrainingResult(
  jobFolder: string,
  model: ModelSpec,
): Promise<{ parameters: Float32Array; metrics: TrainerMetrics }> {
  const folder = join(jobFolder, TRAINER_OUTPUT_FOLDER);
  const input = await lstat(join(jobFolder, MODEL_FILE));
  const bytes = await readBounded(join(folder, MODEL_FILE), input.size + MAX_HEADER_BYTES);
  if (bytes === null) {
    const message = `the program wrote no ${TRAINER_OUTPUT_FOLDER}/${MODEL_FILE}${await whatInstead(jobFolder)}`;
    throw new CommonweightError(learningErrors.trainerResultInvalid, message);
  }
  const otherFormat =
    bytes[HEADER_AT] === HEADER_MARK
      ? undefined
      : OTHER_FORMATS.find(({ mark }) => mark.every((byte, i) => bytes[i] === byte));
  if (otherFormat !== undefined) {
    const message = `${TRAINER_OUTPUT_FOLDER}/${MODEL_FILE} is ${otherFormat.name}, not safetensors`;
    throw new CommonweightError(learningErrors.trainerResultInvalid, message);
  }
  try {
    const parameters = decodeModel(model, bytes);
    return { parameters, metrics: await readMetrics(join(folder, METRICS_FILE)) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : "unreadable";
    throw new CommonweightError(learningErrors.trainerResultInvalid, reason, { cause });
  }
}

/** What a program did that left no result where it belongs; empty when nothing is known. */
async function whatInstead(jobFolder: string): Promise<string> {
  const namesIn = (folder: string) => readdir(folder).catch(() => []);
  const others = (await namesIn(join(jobFolder, TRAINER_OUTPUT_FOLDER))).filter(
    (name) => name !== METRICS_FILE,
  );
  if (others.length > 0) return `; in that folder is ${nameSome(others)}`;
  // The description is written behind the model.
  const [model, description] = await Promise.all(
    [MODEL_FILE, JOB_FILE].map((name) => lstat(join(jobFolder, name)).catch(() => null)),
  );
  if (model && description && model.mtimeMs > description.mtimeMs) {
    return `; it changed ${MODEL_FILE}, which is its input`;
  }
  const own = [MODEL_FILE, JOB_FILE, TRAINER_OUTPUT_FOLDER];
  const beside = (await namesIn(jobFolder)).filter((name) => !own.includes(name));
  return beside.length > 0 ? `; in the job folder is ${nameSome(beside)}` : "";
}

/** Metrics are only shown: none, or what is no JSON (Python writes `NaN`), must not cost the trainer a round. */
async function readMetrics(path: string): Promise<TrainerMetrics> {
  try {
    const bytes = await readBounded(path, MAX_METRICS_BYTES);
    if (bytes === null) return {};
    const parsed = JSON.parse(new TextDecoder().decode(bytes)) as unknown;
    if (typeof parsed !== "object" || parsed === null) return {};
    const numbers = Object.entries(parsed).filter(
      (entry): entry is [string, number] =>
        typeof entry[1] === "number" && Number.isFinite(entry[1]),
    );
    return Object.fromEntries(numbers);
  } catch {
    return {};
  }
}
