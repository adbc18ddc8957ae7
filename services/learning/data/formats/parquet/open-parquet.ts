import { stat } from "node:fs/promises";
import { type FileMetaData, parquetMetadata } from "hyparquet";
import { CommonweightError } from "../../../../protocol/errors.ts";
import { learningErrors } from "../../../errors.ts";
import { type ByteSource, fileBytes, type ReadAt } from "../byte-source.ts";
import { DATA_LIMITS } from "../data-limits.ts";
import { nameFileLater } from "../name-file.ts";
import { huggingFaceNames } from "./hugging-face-names.ts";
import { type ParquetColumn, parquetColumns } from "./parquet-column.ts";

/** A Parquet file whose footer was read. */
export interface ParquetFile {
  readonly source: ByteSource;
  readonly columns: readonly ParquetColumn[];
  /** Rows that are packed together, one after the other. */
  readonly groups: readonly ParquetGroup[];
  readonly rows: number;
  /** What the file calls the numbers 0, 1, … of a column. */
  readonly classNames: ReadonlyMap<string, readonly string[]>;
}

export interface ParquetGroup {
  readonly rows: number;
  readonly chunks: FileMetaData["row_groups"][number]["columns"];
}

const [MAGIC, ENCRYPTED] = ["PAR1", "PARE"];
/** "version https://git-lfs…": what a clone has of a large file until it is fetched. */
const LFS_POINTER = "vers";
/** The magic, the footer's length, the magic. */
const LEAST_BYTES = 12;

function malformed(message: string, cause?: unknown): CommonweightError {
  return new CommonweightError(learningErrors.dataMalformed, `Parquet: ${message}`, { cause });
}

const encrypted = () =>
  new CommonweightError(
    learningErrors.dataUnsupported,
    "Parquet file that is encrypted; write it without encryption",
  );

/**
 * Reads a Parquet file's footer: its columns, and where their values lie.
 *
 * @throws CommonweightError CW3101 when it cannot be read, CW3102 when it is none or damaged, CW3103 for a footer or columns beyond all
 * measure, CW3104 when it is encrypted; each names the file.
 */
export async function openParquet(path: string): Promise<ParquetFile> {
  const { size } = await stat(path).catch((cause: unknown) => {
    throw new CommonweightError(learningErrors.dataUnreadable, path, { cause });
  });
  const source = fileBytes(path);
  return source.reading((readAt) =>
    nameFileLater(path, async () => parsed(source, await readFooter(readAt, size), size)),
  );
}

const magicOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

/** The footer, with its length and the magic behind it. */
async function readFooter(readAt: ReadAt, size: number): Promise<Uint8Array> {
  const first = magicOf(await readAt(0, 4));
  if (first === LFS_POINTER) {
    throw malformed(
      "it is a text that stands for a file of Git LFS; fetch the file itself, as `git lfs pull` does",
    );
  }
  if (first !== MAGIC && first !== ENCRYPTED) {
    throw malformed(`it begins with ${JSON.stringify(first)}, not "${MAGIC}"`);
  }
  const end = await readAt(Math.max(0, size - 8), 8);
  const last = magicOf(end.subarray(4));
  if (first === ENCRYPTED || last === ENCRYPTED) throw encrypted();
  if (size < LEAST_BYTES || last !== MAGIC) {
    throw malformed(`it ends without "${MAGIC}"; was it copied or downloaded as a whole?`);
  }
  const length = new DataView(end.buffer, end.byteOffset).getUint32(0, true);
  if (length > size - LEAST_BYTES) throw malformed("its footer is longer than the file");
  if (length > DATA_LIMITS.footerBytes) {
    throw new CommonweightError(
      learningErrors.dataTooLarge,
      `Parquet: a footer of ${length} bytes, of at most ${DATA_LIMITS.footerBytes}; write fewer columns, or larger row groups`,
    );
  }
  return readAt(size - 8 - length, length + 8);
}

function parsed(source: ByteSource, footer: Uint8Array, size: number): ParquetFile {
  try {
    const metadata = parquetMetadata(footer, { geoparquet: false });
    const columns = parquetColumns(metadata.schema);
    const groups = metadata.row_groups.map(({ num_rows, columns: chunks }) => ({
      rows: Number(num_rows),
      chunks,
    }));
    const rows = groups.reduce((sum, group) => sum + group.rows, 0);
    requireSize({ columns: columns.length, rows });
    if (groups.some((group) => !(group.rows >= 0)) || rows !== Number(metadata.num_rows)) {
      throw malformed("the rows of its groups do not add up");
    }
    for (const chunk of groups.flatMap(({ chunks }) => chunks)) {
      if (chunk.crypto_metadata || (chunk.encrypted_column_metadata && !chunk.meta_data)) {
        throw encrypted();
      }
      const { meta_data: meta } = chunk;
      const end = Number(meta?.data_page_offset) + Number(meta?.total_compressed_size);
      // The dictionary lies before the first page, so this is an upper bound.
      if (!(Number(meta?.total_compressed_size) <= size) || !(end >= 0)) {
        throw malformed("a column lies outside of the file");
      }
    }
    const classNames = huggingFaceNames(metadata.key_value_metadata ?? []);
    return { source, columns, groups, rows, classNames };
  } catch (cause) {
    if (cause instanceof CommonweightError) throw cause;
    throw malformed("its footer is damaged", cause);
  }
}

function requireSize({ columns, rows }: { columns: number; rows: number }): void {
  if (columns <= DATA_LIMITS.columns && rows <= DATA_LIMITS.samples) return;
  throw new CommonweightError(
    learningErrors.dataTooLarge,
    `Parquet: ${columns} columns and ${rows} rows, of at most ${DATA_LIMITS.columns} and ${DATA_LIMITS.samples}`,
  );
}
