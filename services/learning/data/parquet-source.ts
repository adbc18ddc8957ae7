import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { CommonweightError } from "../../protocol/errors.ts";
import { learningErrors } from "../errors.ts";
import { nameSome } from "../name-some.ts";
import { openParquet, type ParquetFile } from "./formats/parquet/open-parquet.ts";
import type { ParquetColumn } from "./formats/parquet/parquet-column.ts";

/** A Parquet file, or the files of a folder that are one table together. */
export interface ParquetSource {
  /** For messages: the path that was given. */
  readonly name: string;
  readonly files: readonly ParquetFile[];
  /** Of the first file; all others have them, too. */
  readonly columns: readonly ParquetColumn[];
  readonly rows: number;
}

/** Rows that are packed together, and which of all rows is their first. */
export interface ParquetRows {
  readonly file: ParquetFile;
  readonly groupIndex: number;
  readonly rows: number;
  readonly start: number;
}

/** Whether a path is called like a Parquet file. */
export const isParquetName = (path: string): boolean => /\.parquet$/i.test(path);

/** Parts of a data set that are not for training, as Hugging Face calls its files. */
const SPLIT = /^(train|test|validation|valid|val|dev|eval)(?![a-z])/i;

/**
 * Opens a Parquet file or a folder of some.
 *
 * @returns undefined for anything else.
 * @throws CommonweightError CW3101 to CW3104 as `openParquet`, CW3105 for files that do not belong together.
 */
export async function openParquetSource(path: string): Promise<ParquetSource | undefined> {
  const paths = await parquetPaths(path);
  if (paths === undefined) return undefined;
  const files: ParquetFile[] = [];
  for (const each of paths) files.push(await openParquet(each));
  const [first, ...others] = files as [ParquetFile, ...ParquetFile[]];
  const columns = first.columns.filter(({ name }) => !isIndexOfPandas(name));
  for (const file of others) requireSameColumns(columns, file);
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  if (rows === 0) throw unfit(path, "no rows");
  return { name: path, files, columns, rows };
}

/** What pandas writes beside the columns: how the rows were numbered. */
const isIndexOfPandas = (name: string) => /^__index_level_\d+__$/.test(name);

function unfit(path: string, message: string): CommonweightError {
  return new CommonweightError(learningErrors.dataUnfit, `${path}: ${message}`);
}

async function parquetPaths(path: string): Promise<string[] | undefined> {
  const info = await stat(path).catch(() => undefined);
  if (!info?.isDirectory()) return isParquetName(path) ? [path] : undefined;
  const entries = await readdir(path, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && isParquetName(entry.name) && !entry.name.startsWith("."))
    .map(({ name }) => name);
  return names.length === 0 ? undefined : ofOneSplit(path, names).map((name) => join(path, name));
}

/** Files to train on when others are beside them, in the order of their names. */
function ofOneSplit(folder: string, names: readonly string[]): string[] {
  const splits = Map.groupBy(names, (name) => SPLIT.exec(name)?.[1]?.toLowerCase() ?? "");
  const chosen = splits.get("train") ?? (splits.size === 1 ? names : undefined);
  if (chosen !== undefined) return [...chosen].sort();
  throw unfit(
    folder,
    `Parquet files of several parts (${nameSome([...names].sort())}), none of them called train; bring one file, or a folder with those of one part`,
  );
}

function requireSameColumns(columns: readonly ParquetColumn[], file: ParquetFile): void {
  for (const { name, kind, holds } of columns) {
    const own = file.columns.find((column) => column.name === name);
    if (own?.kind === kind) continue;
    throw unfit(
      file.source.name,
      own === undefined
        ? `there is no column "${name}", which the first file has`
        : `column "${name}" holds ${own.holds}, in the first file ${holds}`,
    );
  }
}

/** The groups of rows of all files. */
export function groupsOfRows({ files }: ParquetSource): ParquetRows[] {
  let start = 0;
  return files.flatMap((file) =>
    file.groups.map(({ rows }, groupIndex) => {
      start += rows;
      return { file, groupIndex, rows, start: start - rows };
    }),
  );
}

/** A column's leaf in one of the files. Others may write the same column another way, with or without gaps. */
export function leafIn(file: ParquetFile, { name }: ParquetColumn) {
  const leaf = file.columns.find((column) => column.name === name)?.leaf;
  if (leaf === undefined) throw unfit(file.source.name, `column "${name}" has no values`);
  return leaf;
}
