import { CommonweightError } from "../../protocol/errors.ts";
import { learningErrors } from "../errors.ts";
import { requireColumnNames } from "./formats/column-names.ts";
import type { CsvTable } from "./formats/csv-table.ts";
import { DATA_LIMITS } from "./formats/data-limits.ts";
import { nameFile } from "./formats/name-file.ts";
import { pandasCells } from "./formats/parquet/cell-text.ts";
import type { ParquetColumn } from "./formats/parquet/parquet-column.ts";
import { readCells } from "./formats/parquet/read-cells.ts";
import { groupsOfRows, leafIn, type ParquetSource } from "./parquet-source.ts";
import { nameIn, plainName } from "./plain-name.ts";

/** A table as text, and what of its file is not in it. */
export interface ReadTable {
  readonly table: CsvTable;
  /** Columns that are no cells, and why. */
  readonly leftOut: readonly { readonly column: string; readonly why: string }[];
}

/**
 * Reads the single values of a Parquet source as the cells of a table; of columns that hold something else it says what.
 *
 * @param wanted Columns that are needed; without, all.
 * @throws CommonweightError CW3102 for names that cannot be told apart, CW3103 when the cells take more memory than those of a CSV file
 * may, CW3104 for a wanted column without cells; as `readCells`.
 */
export async function readParquetTable(
  source: ParquetSource,
  wanted?: readonly string[],
): Promise<ReadTable> {
  const { columns, rows: size } = source;
  const isWanted = wanted && nameIn(wanted);
  const chosen = columns.filter(({ name }) => isWanted?.(name) ?? true);
  const unread = chosen.filter((column) => column.kind !== "cell" && column.kind !== "bytes");
  const [first] = unread;
  if (wanted !== undefined && first !== undefined) throw notCells(source, first);
  const cells = chosen.filter((column) => !unread.includes(column));
  const header = cells.map(({ name }) => plainName(name));
  nameFile(source.name, () => requireColumnNames(header, "Parquet"));
  if (header.includes("")) {
    const message = `${source.name}: column ${header.indexOf("") + 1} has no name`;
    throw new CommonweightError(learningErrors.dataMalformed, message);
  }
  let text = 0;
  const count = (characters: number) => {
    text += characters;
    if (text <= DATA_LIMITS.tableBytes) return;
    throw new CommonweightError(
      learningErrors.dataTooLarge,
      `${source.name}: as text, ${size} rows of ${header.length} columns take more than ${DATA_LIMITS.tableBytes} bytes; leave columns or rows out`,
    );
  };
  // A cell takes a character beside its own.
  count(size * header.length);
  const rows = Array.from({ length: size }, () => new Array<string>(header.length).fill(""));
  for (const group of groupsOfRows(source)) {
    for (const [place, column] of cells.entries()) {
      const own = await readCells(group.file, group.groupIndex, leafIn(group.file, column));
      for (const [i, cell] of own.entries()) {
        count(cell.length);
        (rows[group.start + i] as string[])[place] = cell;
      }
    }
  }
  for (const [place, { leaf }] of cells.entries()) {
    const all = rows.map((row) => row[place] as string);
    const written = leaf === undefined ? all : pandasCells(all, leaf.element);
    if (written === all) continue;
    for (const [i, row] of rows.entries()) row[place] = written[i] as string;
  }
  const leftOut = unread.map(({ name, holds }) => ({ column: name, why: `it holds ${holds}` }));
  return { table: { header, rows }, leftOut };
}

function notCells({ name }: ParquetSource, column: ParquetColumn): CommonweightError {
  return new CommonweightError(
    learningErrors.dataUnsupported,
    `${name}: column "${column.name}" holds ${column.holds}, and a table has single numbers and words; give each of them a column of its own`,
  );
}
