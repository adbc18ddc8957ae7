import { stat } from "node:fs/promises";
import { promisify } from "node:util";
import { crc32, inflateRaw } from "node:zlib";
import { CommonweightError } from "../../../protocol/errors.ts";
import { learningErrors } from "../../errors.ts";
import { nameSome } from "../../name-some.ts";
import { type ByteSource, fileBytes, memoryBytes, type ReadAt } from "./byte-source.ts";
import { DATA_LIMITS } from "./data-limits.ts";
import { nameFile } from "./name-file.ts";
import {
  readZipDirectory,
  readZipEnd,
  ZIP_END_BYTES,
  ZIP_HEADER_BYTES,
  type ZipEntry,
  zipHeaderLength,
} from "./zip-directory.ts";

/** The arrays of a data set. */
export interface NpyFiles {
  readonly inputs: ByteSource;
  readonly labels: ByteSource;
  /** What the labels 0, 1, … are called, where somebody says so. */
  readonly names?: ByteSource | undefined;
}

/** What people call inputs and labels, the first pair that is there; `numpy.savez(path, x, y)` gives them the last names. */
const PAIRS: readonly (readonly [string, string])[] = [
  ["x", "y"],
  ["x_train", "y_train"],
  ["train_x", "train_y"],
  ["train_images", "train_labels"],
  ["train_data", "train_labels"],
  ...["images", "inputs", "data", "features", "x"].flatMap((inputs) =>
    ["labels", "target", "targets", "label"].map((labels) => [inputs, labels] as const),
  ),
  ["arr_0", "arr_1"],
  // What somebody keeps for testing, when there is nothing else.
  ["x_test", "y_test"],
  ["test_x", "test_y"],
  ["test_images", "test_labels"],
];

/** What arrays of texts are called that say what labels are called. */
export const NAMES_OF_LABELS = ["class_names", "target_names", "label_names", "classes"] as const;

const unpack = promisify(inflateRaw);
const arrayName = ({ name }: ZipEntry) => name.replace(/\.npy$/, "");

/**
 * Finds inputs and labels in NumPy's archive of arrays (`.npz`, packed or not). Arrays that are not packed are read where they lie.
 *
 * @throws CommonweightError CW3101 when it cannot be read, CW3102 when it is damaged, CW3103 when an array is too large to be unpacked,
 * CW3104 when there is no pair of arrays that are called like inputs and labels.
 */
export async function openNpz(path: string): Promise<NpyFiles> {
  const [inputs, labels, names] = await openFirst(path, PAIRS, `no pair of arrays called x and y`);
  return { inputs: inputs as ByteSource, labels: labels as ByteSource, names };
}

/** Finds inputs alone, whether there are labels or not; of several, those kept for testing. @throws As {@link openNpz} */
export async function openNpzInputs(path: string): Promise<ByteSource> {
  const names = [...new Set(PAIRS.map(([inputs]) => inputs))];
  const isForTests = (name: string) => name.includes("test");
  const ordered = [...names.filter(isForTests), ...names.filter((name) => !isForTests(name))];
  const groups = ordered.map((name) => [name]);
  const [inputs] = await openFirst(path, groups, `no array called x`);
  return inputs as ByteSource;
}

/** Opens the first of some groups of arrays that is there as a whole, and behind them what their labels are called, if that is there. */
async function openFirst(
  path: string,
  groups: readonly (readonly string[])[],
  lacking: string,
): Promise<ByteSource[]> {
  const { size } = await stat(path).catch((cause: unknown) => {
    throw new CommonweightError(learningErrors.dataUnreadable, path, { cause });
  });
  return fileBytes(path).reading(async (readAt) => {
    const from = Math.max(0, size - ZIP_END_BYTES);
    const tail = await readAt(from, size - from);
    const end = nameFile(path, () => readZipEnd(tail));
    const directory = await readAt(end.directoryOffset, end.directoryBytes);
    const entries = nameFile(path, () => readZipDirectory(directory, end));
    const find = (wanted: string) =>
      entries.find((entry) => arrayName(entry).toLowerCase() === wanted);
    for (const group of groups) {
      const found = group.flatMap((wanted) => find(wanted) ?? []);
      if (found.length < group.length) continue;
      const named = group.length > 1 ? NAMES_OF_LABELS.flatMap((name) => find(name) ?? []) : [];
      return Promise.all(
        [...found, ...named.slice(0, 1)].map((entry) => openEntry({ path, size, readAt }, entry)),
      );
    }
    const names = entries.map((entry) => arrayName(entry).slice(0, 40));
    const others = nameSome(groups.slice(1, 4).map((group) => group.join(" and ")));
    throw new CommonweightError(
      learningErrors.dataUnsupported,
      `${path}: ${lacking} (or ${others}; docs/formats.md, Samples); in it: ${names.length === 0 ? "nothing" : nameSome(names)}`,
    );
  });
}

async function openEntry(
  { path, size, readAt }: { path: string; size: number; readAt: ReadAt },
  entry: ZipEntry,
): Promise<ByteSource> {
  const name = `${path}: ${arrayName(entry)}`;
  const header = await readAt(entry.headerOffset, ZIP_HEADER_BYTES);
  const offset = entry.headerOffset + nameFile(name, () => zipHeaderLength(header));
  const { packedBytes, bytes } = entry;
  const damaged = new CommonweightError(
    learningErrors.dataMalformed,
    `${name}: damaged in the archive`,
  );
  if (offset + packedBytes > size) throw damaged;
  if (!entry.isDeflated) return fileBytes(path, { name, offset, length: bytes });
  if (Math.max(packedBytes, bytes) > DATA_LIMITS.arrayBytes) {
    throw new CommonweightError(
      learningErrors.dataTooLarge,
      `${name}: ${bytes} bytes when unpacked, of at most ${DATA_LIMITS.arrayBytes}; numpy.savez keeps arrays unpacked`,
    );
  }
  const packed = await readAt(offset, packedBytes);
  const unpacked = await unpack(packed, { maxOutputLength: Math.max(1, bytes) }).catch(
    () => undefined,
  );
  if (unpacked === undefined || unpacked.length !== bytes || crc32(unpacked) !== entry.crc32) {
    throw damaged;
  }
  return memoryBytes(name, unpacked);
}
