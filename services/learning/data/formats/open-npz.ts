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

/** What people call inputs and labels, the first pair that is there; `numpy.savez(path, x, y)` gives them the last names. */
const PAIRS: readonly (readonly [string, string])[] = [
  ["x", "y"],
  ["x_train", "y_train"],
  ["train_images", "train_labels"],
  ["images", "labels"],
  ["inputs", "labels"],
  ["data", "labels"],
  ["data", "target"],
  ["arr_0", "arr_1"],
];

const unpack = promisify(inflateRaw);
const arrayName = ({ name }: ZipEntry) => name.replace(/\.npy$/, "");

/**
 * Finds inputs and labels in NumPy's archive of arrays (`.npz`, packed or not). Arrays that are not packed are read where they lie.
 *
 * @throws CommonweightError CW3101 when it cannot be read, CW3102 when it is damaged, CW3103 when an array is too large to be unpacked,
 * CW3104 when there is no pair of arrays that are called like inputs and labels.
 */
export async function openNpz(
  path: string,
): Promise<{ readonly inputs: ByteSource; readonly labels: ByteSource }> {
  const pairs = PAIRS.map(([inputs, labels]) => [inputs, labels]);
  const [inputs, labels] = await openFirst(path, pairs, `no pair of arrays called x and y`);
  return { inputs: inputs as ByteSource, labels: labels as ByteSource };
}

/** Finds inputs alone, whether there are labels or not. @throws As {@link openNpz} */
export async function openNpzInputs(path: string): Promise<ByteSource> {
  const names = PAIRS.map(([inputs]) => [inputs]);
  const [inputs] = await openFirst(path, names, `no array called x`);
  return inputs as ByteSource;
}

/** Opens the first of some groups of arrays that is there as a whole. */
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
    for (const group of groups) {
      const found = group.flatMap(
        (wanted) => entries.find((entry) => arrayName(entry).toLowerCase() === wanted) ?? [],
      );
      if (found.length < group.length) continue;
      return Promise.all(found.map((entry) => openEntry({ path, size, readAt }, entry)));
    }
    const names = entries.map((entry) => arrayName(entry).slice(0, 40));
    const others = nameSome(groups.slice(1, 4).map((group) => group.join(" and ")));
    throw new CommonweightError(
      learningErrors.dataUnsupported,
      `${path}: ${lacking} (or ${others}); in it: ${names.length === 0 ? "nothing" : nameSome(names)}`,
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
