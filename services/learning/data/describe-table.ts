import { CommonweightError } from "../../protocol/errors.ts";
import type { Manifest } from "../../protocol/manifest/manifest.ts";
import { learningErrors } from "../errors.ts";
import { nameSome } from "../name-some.ts";
import { type CsvColumn, describeColumns } from "./csv-dataset.ts";
import type { CsvTable } from "./formats/csv-table.ts";
import { plainName } from "./plain-name.ts";
import { isMissing, isNumber, numberAdvice, wrongCells } from "./table-column.ts";

/** How a table can become samples, as far as the table itself tells. */
export interface TableDescription {
  readonly table: NonNullable<Manifest["data"]["table"]>;
  /** Names of the classes: numbers in their order, other texts sorted. */
  readonly classes: readonly string[];
  /** Numbers a sample has, columns of text spread out. */
  readonly features: number;
  /** Brings each number column to mean 0 and deviation 1, rounded to four digits. */
  readonly normalisation: { readonly mean: number[]; readonly deviation: number[] };
  /** Columns that become something else than their numbers: words, and gaps. For whoever looks at the data. */
  readonly told: readonly { readonly column: string; readonly what: string }[];
  /** Columns that say nothing about new samples, and why. */
  readonly dropped: readonly { readonly column: string; readonly why: string }[];
}

const TARGET_NAMES = ["label", "class", "target", "y", "outcome", "diagnosis", "species"];
const MOST_CLASSES = 100;
/** A column of text with more values is a name or an identifier. */
const MOST_VALUES = 30;
/** Columns that a manifest can name. */
const MOST_COLUMNS = 2000;
const IDENTIFIER = /^(id|index|uuid|guid|row|nr|no|#)$|[_ -]id$/i;
/** `PassengerId`, `customerID`. */
const IDENTIFIER_IN_CAMEL_CASE = /[a-z]I[dD]$/;
/** What pandas calls a column without a name: row numbers that were once written beside a table. */
const UNNAMED = /^Unnamed: \d+(\.\d+)?$/;

const rounded = (value: number) => Number(value.toPrecision(4));

function unfit(message: string): CommonweightError {
  return new CommonweightError(learningErrors.dataUnfit, `table: ${message}`);
}

/** Whether a column is called like a class. */
export const isTargetName = (name: string) => TARGET_NAMES.includes(name.toLowerCase());

/** The column that is probably the class: by its name, otherwise the last. */
export function guessTarget(header: readonly string[]): string {
  return header.find(isTargetName) ?? (header.at(-1) as string);
}

/** Columns that could be the class instead: of few values, or of texts. */
function otherTargets({ header, rows }: CsvTable, target: string): string {
  const could = header.filter((name, at) => {
    const values = new Set(rows.map((row) => (row[at] as string).trim()));
    return name !== target && values.size >= 2 && values.size <= 20;
  });
  if (could.length === 0) return "";
  const shown = could.slice(0, 4).map((name) => `"${name}"`);
  return `; ${shown.join(", ")} could be one`;
}

function classesOf(table: CsvTable, target: string, isGuessed: boolean): string[] {
  const { header, rows } = table;
  const at = header.indexOf(target);
  if (rows.length === 0) throw unfit("there is a header and no samples");
  const names = [...new Set(rows.map((row) => plainName(row[at] as string)))];
  if (names.includes("")) {
    const cells = rows.map((row) => row[at] as string);
    const without = wrongCells(cells, (cell) => cell.trim() !== "");
    throw unfit(
      isGuessed
        ? `no column is called like a class, and the last, "${target}", has rows without one (${without}); name the class column with --target${otherTargets(table, target)}`
        : `rows without a class in column "${target}" (${without}); leave them out`,
    );
  }
  if (names.length < 2 || names.length > MOST_CLASSES) {
    if (names.length < 2) {
      throw unfit(`all rows of column "${target}" are of one class; a class column has 2 or more`);
    }
    const isAmount = names.every((name) => Number.isFinite(Number(name)));
    throw unfit(
      `column "${target}" has ${names.length} different values; a class column has 2 to ${MOST_CLASSES}: ${isAmount ? "to learn an amount, divide it into ranges first; otherwise " : ""}name the class column with --target${otherTargets(table, target)}`,
    );
  }
  const isNumeric = names.every((name) => Number.isFinite(Number(name)));
  const fraction = names.find((name) => isNumber(name) && !Number.isInteger(Number(name)));
  if (isGuessed && fraction !== undefined) {
    throw unfit(
      `no column is called like a class, and the last, "${target}", has fractions as "${fraction}", which are no classes; name the class column with --target${otherTargets(table, target)}`,
    );
  }
  return names.sort(isNumeric ? (a, b) => Number(a) - Number(b) : undefined);
}

function whyDrop(column: CsvColumn, cells: readonly string[]): string | undefined {
  const { name } = column;
  if (IDENTIFIER.test(name) || IDENTIFIER_IN_CAMEL_CASE.test(name)) {
    return "its name says that it is an identifier";
  }
  if (UNNAMED.test(name))
    return "pandas calls a column so that had no name, as row numbers have none";
  // Missing numbers become the mean, so a number that is only there or not is as constant as one that is always there.
  const told = column.kind === "number" ? cells.filter((cell) => !isMissing(cell)) : cells;
  if (cells.every(isMissing)) return "all its cells are missing";
  if (new Set(told).size < 2) return "it never changes";
  if (column.kind === "category" && column.values.length > MOST_VALUES) {
    const isMostlyNumbers = cells.filter(isNumber).length > cells.length / 2;
    return isMostlyNumbers
      ? `not all of it is numbers (${wrongCells(cells, (cell) => isMissing(cell) || isNumber(cell))})`
      : `it is text with more than ${MOST_VALUES} different values, as "${column.values[0]?.slice(0, 40)}"${numberAdvice(cells)}`;
  }
  return undefined;
}

function meanAndDeviation(cells: readonly string[]): { mean: number; deviation: number } {
  const values = cells.filter(isNumber);
  const mean = values.reduce((sum, value) => sum + Number(value), 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (Number(value) - mean) ** 2, 0);
  return { mean: rounded(mean), deviation: rounded(Math.sqrt(squares / values.length)) || 1 };
}

/**
 * Looks at a table: which column is the class, which are numbers and which are text, and what to leave out.
 *
 * @param options.target The class column; guessed by its name when left out.
 * @param options.drop Columns that the model must not see.
 * @throws CommonweightError CW3105 when no column can be the class, or none is left to learn from.
 */
export function describeTable(
  table: CsvTable,
  options: { readonly target?: string | undefined; readonly drop?: readonly string[] } = {},
): TableDescription {
  const { header, rows } = table;
  if (header.length === 0) throw unfit("it has no columns");
  const target = plainName(options.target ?? guessTarget(header));
  const drop = (options.drop ?? []).map(plainName);
  const unknown = [target, ...drop].find((name) => !header.includes(name));
  if (unknown !== undefined) {
    throw unfit(`there is no column "${unknown}"; there are ${nameSome(header)}`);
  }
  const classes = classesOf(table, target, options.target === undefined && !isTargetName(target));
  const dropped: { column: string; why: string }[] = [];
  const told: { column: string; what: string }[] = [];
  const columns: string[] = [];
  const categories: Record<string, string[]> = {};
  const missing: Record<string, number> = {};
  const [means, deviations]: [number[], number[]] = [[], []];
  describeColumns(table).forEach((column, place) => {
    const { name } = column;
    if (name === target) return;
    const cells = rows.map((row) => row[place] as string);
    const why = drop.includes(name) ? "you said so" : whyDrop(column, cells);
    if (why !== undefined) {
      dropped.push({ column: name, why });
      return;
    }
    columns.push(name);
    if (column.missing > 0) {
      const standsFor = column.kind === "category" ? "no word" : "its mean";
      told.push({
        column: name,
        what: `${column.missing} of ${rows.length} cells are missing, ${standsFor} stands for them`,
      });
    }
    if (column.kind === "category") {
      told.push({
        column: name,
        what: `${column.values.length} different words, a 0 or 1 for each (--drop leaves it out)`,
      });
      categories[name] = [...column.values];
      means.push(...column.values.map(() => 0));
      deviations.push(...column.values.map(() => 1));
      return;
    }
    const { mean, deviation } = meanAndDeviation(cells);
    // A missing number becomes the mean, which is 0 for the model.
    missing[name] = mean;
    means.push(mean);
    deviations.push(deviation);
  });
  if (columns.length === 0) {
    const [first] = dropped;
    const why = first === undefined ? "" : `: "${first.column}" is left out, for ${first.why}`;
    throw unfit(`no column is left to learn from${why}`);
  }
  if (columns.length > MOST_COLUMNS) {
    throw unfit(
      `${columns.length} columns to learn from; a manifest names at most ${MOST_COLUMNS}: leave some out, or bring the numbers as x.npy and y.npy in a folder`,
    );
  }
  return {
    table: {
      columns,
      target,
      ...(Object.keys(categories).length > 0 ? { categories } : {}),
      ...(Object.keys(missing).length > 0 ? { missing } : {}),
    },
    classes,
    features: means.length,
    normalisation: { mean: means, deviation: deviations },
    told,
    dropped,
  };
}

/** A manifest states at most so many means; wider tables must come scaled. */
const MOST_MEANS = 1024;

/** What a manifest says about samples of a table. */
export function tableData(description: TableDescription): Manifest["data"] {
  const { table, classes, features, normalisation } = description;
  return {
    inputShape: [features],
    classes: [...classes],
    ...(features <= MOST_MEANS ? { normalisation } : {}),
    table,
  };
}
