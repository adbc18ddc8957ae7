import { CommonweightError } from "../../protocol/errors.ts";
import { learningErrors } from "../errors.ts";
import { nameSome } from "../name-some.ts";
import { classFinder } from "./class-finder.ts";
import { type Dataset, memoryDataset } from "./dataset.ts";
import { columnFinder } from "./formats/column-names.ts";
import { parseCsv } from "./formats/csv.ts";
import type { CsvTable } from "./formats/csv-table.ts";
import { plainName } from "./plain-name.ts";
import {
  type ColumnOptions,
  columnReader,
  isMissing,
  isNumber,
  wrongCells,
} from "./table-column.ts";

/** How a table becomes samples. */
export interface CsvDatasetOptions extends ColumnOptions {
  /** Column of the class; the last one by default. */
  readonly targetColumn?: string | undefined;
  /** Columns of the samples in this order; without, all but the class in the file's order. */
  readonly columns?: readonly string[] | undefined;
  /** Class names in the order of the model's outputs; without, classes must be numbers from 0. */
  readonly classes?: readonly string[] | undefined;
  /** The class is not looked at, and its column need not be there: each sample gets class 0. */
  readonly isUnlabelled?: boolean | undefined;
}

/** What is in a column. */
export interface CsvColumn {
  readonly name: string;
  readonly kind: "number" | "category";
  readonly missing: number;
  /** Distinct texts of a categorical column, at most 50. */
  readonly values: readonly string[];
}

/** Describes the columns of a table: numbers or categories, and how many cells are missing. */
export function describeColumns({ header, rows }: CsvTable): CsvColumn[] {
  return header.map((name, column) => {
    const cells = rows.map((row) => row[column] as string);
    const present = cells.filter((cell) => !isMissing(cell)).map(plainName);
    const kind = present.every(isNumber) ? "number" : "category";
    const values = kind === "category" ? [...new Set(present)].sort().slice(0, 50) : [];
    return { name, kind, missing: cells.length - present.length, values };
  });
}

const quotedNames = (names: readonly string[]) => nameSome(names.map((name) => `"${name}"`));

function unfit(message: string): CommonweightError {
  return new CommonweightError(learningErrors.dataUnfit, `table: ${message}`);
}

/** A number of a class that nobody named; -1 for none. */
function countedClass(cell: string): number {
  const label = Number(cell.trim() || "x");
  return Number.isInteger(label) && label >= 0 ? label : -1;
}

/** Reads samples from CSV text. @throws CommonweightError CW3102 when it is no table, CW3105 as {@link tableDataset} */
export const csvDataset = (text: string, options: CsvDatasetOptions = {}): Dataset =>
  tableDataset(parseCsv(text), options);

/**
 * Makes samples of a table's rows.
 *
 * @throws CommonweightError CW3105 naming everything that differs: columns that are not there, missing
 * cells, unknown categories or classes.
 */
export function tableDataset({ header, rows }: CsvTable, options: CsvDatasetOptions = {}): Dataset {
  if (header.length === 0) throw unfit("it has no columns");
  const placeOf = columnFinder(header);
  const target = options.targetColumn ?? (header.at(-1) as string);
  const names = options.columns ?? header.filter((_, place) => place !== placeOf(target));
  const { isUnlabelled = false } = options;
  const lacking = [...(isUnlabelled ? [] : [target]), ...names].filter((name) => placeOf(name) < 0);
  const problems =
    lacking.length > 0
      ? [`there is no column ${quotedNames(lacking)}; there are ${quotedNames(header)}`]
      : [];
  const cellsOf = (name: string) => {
    const place = placeOf(name);
    return rows.map((row) => row[place] as string);
  };
  const columns = names
    .filter((name) => placeOf(name) >= 0)
    .map((name) => ({
      reader: columnReader(name, cellsOf(name), options),
      place: placeOf(name),
    }));
  problems.push(...columns.flatMap(({ reader }) => reader.problem ?? []));
  const classOf = options.classes ? classFinder(options.classes) : countedClass;
  const classCells = placeOf(target) >= 0 && !isUnlabelled ? cellsOf(target) : [];
  const wrongClasses = wrongCells(classCells, (cell) => classOf(cell) >= 0);
  if (wrongClasses) {
    const known = options.classes ? nameSome(options.classes) : "whole numbers from 0";
    problems.push(
      `column "${target}" has values that are no class (${wrongClasses}); classes are ${known}`,
    );
  }
  if (problems.length > 0) throw unfit(problems.join("; "));
  const width = columns.reduce((sum, { reader }) => sum + reader.width, 0);
  if (width === 0 || rows.length === 0) throw unfit("no samples, or no column besides the class");
  const inputs = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    let at = i * width;
    for (const { reader, place } of columns) {
      reader.write(row[place] as string, inputs, at);
      at += reader.width;
    }
  });
  const labels = isUnlabelled ? rows.map(() => 0) : classCells.map(classOf);
  const classes = options.classes?.length ?? labels.reduce((a, b) => Math.max(a, b), 0) + 1;
  return memoryDataset({ inputs, labels, inputShape: [width], classes });
}
