import { CommonweightError } from "../protocol/errors.ts";
import { type CsvTable, parseCsv } from "./csv.ts";
import { type Dataset, memoryDataset } from "./dataset.ts";
import { learningErrors } from "./errors.ts";

/** How a table becomes samples. */
export interface CsvDatasetOptions {
  /** Column of the class; the last one by default. */
  readonly targetColumn?: string | undefined;
  /** Columns of the samples in this order; without, all but the class in the file's order. */
  readonly columns?: readonly string[] | undefined;
  /** Class names in the order of the model's outputs; without, classes must be numbers from 0. */
  readonly classes?: readonly string[] | undefined;
  readonly classCount?: number | undefined;
  /** Values of categorical columns, each becoming a column of 0 and 1; a missing cell becomes zeros. */
  readonly categories?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Replaces missing numbers, by column; without it they are refused. */
  readonly missing?: Readonly<Record<string, number>> | undefined;
}

/** What is in a column. */
export interface CsvColumn {
  readonly name: string;
  readonly kind: "number" | "category";
  readonly missing: number;
  /** Distinct texts of a categorical column, at most 50. */
  readonly values: readonly string[];
}

const MISSING = new Set(["", "?", "NA", "N/A", "NaN", "nan", "null", "None"]);
const isMissing = (cell: string) => MISSING.has(cell.trim());
const isNumber = (cell: string) => cell.trim() !== "" && Number.isFinite(Number(cell));

/** Describes the columns of a table: numbers or categories, and how many cells are missing. */
export function describeColumns({ header, rows }: CsvTable): CsvColumn[] {
  return header.map((name, column) => {
    const cells = rows.map((row) => row[column] as string);
    const present = cells.filter((cell) => !isMissing(cell));
    const kind = present.every(isNumber) ? "number" : "category";
    const values = kind === "category" ? [...new Set(present)].sort().slice(0, 50) : [];
    return { name, kind, missing: cells.length - present.length, values };
  });
}

function unfit(message: string): CommonweightError {
  return new CommonweightError(learningErrors.dataUnfit, `CSV: ${message}`);
}

/** Turns a row into the numbers of one column; a category into as many as it has values. */
function encoderFor(column: CsvColumn, options: CsvDatasetOptions): (cell: string) => number[] {
  const categories = options.categories?.[column.name];
  const missing = options.missing?.[column.name];
  if (categories) {
    return (cell) => {
      if (!isMissing(cell) && !categories.includes(cell)) {
        throw unfit(`column "${column.name}" has the unknown value "${cell.slice(0, 40)}"`);
      }
      return categories.map((value) => (value === cell ? 1 : 0));
    };
  }
  if (column.kind === "category") {
    const shown = column.values.slice(0, 5).join(", ");
    throw unfit(`column "${column.name}" is no number (${shown}); state its categories or drop it`);
  }
  if (column.missing > 0 && missing === undefined) {
    throw unfit(
      `column "${column.name}" has ${column.missing} missing cells; state a missing value`,
    );
  }
  return (cell) => [isMissing(cell) ? (missing as number) : Number(cell)];
}

function labelReader(options: CsvDatasetOptions): (cell: string, row: number) => number {
  const { classes } = options;
  return (cell, row) => {
    const label = classes ? classes.indexOf(cell.trim()) : Number(cell.trim() || "x");
    if (!Number.isInteger(label) || label < 0) {
      throw unfit(`row ${row + 1}: "${cell.slice(0, 40)}" is no class`);
    }
    return label;
  };
}

/**
 * Reads samples from CSV text.
 *
 * @throws CommonweightError CW3102 when it is no table, CW3105 for missing cells, unknown categories or classes.
 */
export function csvDataset(text: string, options: CsvDatasetOptions = {}): Dataset {
  const table = parseCsv(text);
  const columns = describeColumns(table);
  const target = options.targetColumn ?? (table.header.at(-1) as string);
  const placeOf = (name: string) => {
    const place = table.header.indexOf(name);
    if (place >= 0) return place;
    throw unfit(`there is no column "${name}"; there are ${table.header.join(", ")}`);
  };
  const at = placeOf(target);
  const readLabel = labelReader(options);
  const labels = table.rows.map((row, i) => readLabel(row[at] as string, i));
  const used = (options.columns ?? table.header.filter((name) => name !== target)).map(placeOf);
  const encoders = used.map((place) => encoderFor(columns[place] as CsvColumn, options));
  const samples = table.rows.map((row) =>
    encoders.flatMap((encode, i) => encode(row[used[i] as number] as string)),
  );
  const width = samples[0]?.length ?? 0;
  if (width === 0) throw unfit("no samples, or no column besides the class");
  const classes =
    options.classes?.length ?? options.classCount ?? labels.reduce((a, b) => Math.max(a, b), 0) + 1;
  return memoryDataset({
    inputs: Float32Array.from(samples.flat()),
    labels,
    inputShape: [width],
    classes,
  });
}
