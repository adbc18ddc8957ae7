import { readFile, stat } from "node:fs/promises";
import { CommonweightError } from "../../protocol/errors.ts";
import { learningErrors } from "../errors.ts";
import { parseCsv } from "./formats/csv.ts";
import { DATA_LIMITS } from "./formats/data-limits.ts";
import { nameFile } from "./formats/name-file.ts";
import { isTableName } from "./is-table-name.ts";
import { openParquetSource } from "./parquet-source.ts";
import { type ReadTable, readParquetTable } from "./parquet-table.ts";
import { sampleColumn } from "./sample-column.ts";

/**
 * Reads a table's text.
 *
 * @throws CommonweightError CW3101 when it cannot be read, CW3102 when it is neither UTF-8 nor marked as UTF-16, CW3103 when it is too large.
 */
export async function readTableText(path: string): Promise<string> {
  const unreadable = (cause: unknown) => {
    throw new CommonweightError(learningErrors.dataUnreadable, path, { cause });
  };
  const { size } = await stat(path).catch(unreadable);
  if (size > DATA_LIMITS.tableBytes) {
    throw new CommonweightError(
      learningErrors.dataTooLarge,
      `${path}: ${size} bytes, of at most ${DATA_LIMITS.tableBytes}`,
    );
  }
  const bytes = await readFile(path).catch(unreadable);
  // Spreadsheets call it "Unicode text", and mark which byte comes first.
  const [first, second] = bytes;
  const isWide = first === 0xff && second === 0xfe;
  try {
    return new TextDecoder(isWide ? "utf-16le" : "utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new CommonweightError(
      learningErrors.dataMalformed,
      `${path} is not UTF-8; spreadsheets offer it as "CSV UTF-8"`,
      { cause },
    );
  }
}

/**
 * Reads a table, whether as text or in Parquet files.
 *
 * @param drop Columns that nobody wants: what is left may be a table only without them.
 * @returns undefined for what is no table, also Parquet files of images or lists.
 * @throws CommonweightError CW3101 to CW3105 for a table that cannot be read.
 */
export async function readTable(
  path: string,
  drop: readonly string[] = [],
): Promise<ReadTable | undefined> {
  if (isTableName(path)) {
    const text = await readTableText(path);
    return { table: nameFile(path, () => parseCsv(text)), leftOut: [] };
  }
  const source = await openParquetSource(path);
  const isTable = source !== undefined && (await sampleColumn(source, { drop })) === undefined;
  return isTable ? readParquetTable(source) : undefined;
}
