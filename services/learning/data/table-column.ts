import { nameSome } from "../name-some.ts";
import { plainName } from "./plain-name.ts";

/** What a project says about the columns of its table. */
export interface ColumnOptions {
  /** Values of categorical columns, each becoming a column of 0 and 1; a missing cell becomes zeros. */
  readonly categories?: Readonly<Record<string, readonly string[]>> | undefined;
  /** Replaces missing numbers, by column; without it they are refused. */
  readonly missing?: Readonly<Record<string, number>> | undefined;
}

/** How one column of a table becomes numbers, and what in it cannot. */
export interface ColumnReader {
  /** Numbers that a cell becomes. */
  readonly width: number;
  /** What does not fit, in one phrase; undefined when all cells do. */
  readonly problem: string | undefined;
  /** Writes the numbers of a cell of this column at `at`. */
  write(cell: string, into: Float32Array, at: number): void;
}

const MISSING = new Set(["", "?", "NA", "N/A", "NaN", "nan", "null", "None"]);

/** Whether a cell says that its value is not known. */
export const isMissing = (cell: string) => MISSING.has(cell.trim());

/** Whether a cell is a number that a model can take: finite as float32. */
export const isNumber = (cell: string) =>
  cell.trim() !== "" && Number.isFinite(Math.fround(Number(cell)));

/** `2024-02-29`, `29.02.2024`, `2/29/24`, with or without a time, or a time alone. */
const DATE = /^(\d{1,4}([./-])\d{1,2}\2\d{1,4}([T ]\d{1,2}:\d{2}.*)?|\d{1,2}:\d{2}(:\d{2}.*)?)$/;
/** `T000123`, `007`: numbers of something, which nobody measured. */
const NUMBERED = /^\D*0\d/;
const LONGEST_NUMBER = 40;
/** A number as many countries write it, or with signs that only people read. */
const OTHER_NUMBER = /^[^\d-]{0,4}-?\d[\d.' ]*(,\d+)?[.\d]*[^\d]{0,4}$/;

/**
 * What to do about cells that are numbers to people, or dates; empty when they are neither to anybody.
 *
 * @example numberAdvice(["0,5", "1,25"]) // "; write numbers with a point and without other signs, as 0.5"
 */
export function numberAdvice(cells: readonly string[]): string {
  const others = cells.filter((cell) => !isMissing(cell) && !isNumber(cell));
  if (others.length > 0 && others.every((cell) => DATE.test(cell.trim()))) {
    return "; a date or time says something as numbers: days since one day, the month, the hour";
  }
  const isMeant =
    others.length > 0 &&
    others.every((cell) => cell.length <= LONGEST_NUMBER && OTHER_NUMBER.test(cell.trim())) &&
    !others.some((cell) => NUMBERED.test(cell.trim()));
  return isMeant ? "; write numbers with a point and without other signs, as 0.5" : "";
}

const SHOWN = 3;
const quoted = (texts: readonly string[]) =>
  [...new Set(texts)]
    .slice(0, SHOWN)
    .map((text) => `"${text.slice(0, 40)}"`)
    .join(", ");

/**
 * Names the cells that are wrong: how many, their first texts, and the first row, counted from 1 without the header.
 *
 * @returns undefined when none is.
 * @example wrongCells(["1", "x"], isNumber) // '1 of 2 cells, as "x" in row 2'
 */
export function wrongCells(
  cells: readonly string[],
  isRight: (cell: string) => boolean,
): string | undefined {
  const wrong = cells.filter((cell) => !isRight(cell));
  const [first] = wrong;
  if (first === undefined) return undefined;
  return `${wrong.length} of ${cells.length} cells, as ${quoted(wrong)} in row ${cells.indexOf(first) + 1}`;
}

function categoryReader(
  name: string,
  cells: readonly string[],
  categories: readonly string[],
): ColumnReader {
  const known = categories.map(plainName);
  const wrong = wrongCells(cells, (cell) => isMissing(cell) || known.includes(plainName(cell)));
  return {
    width: known.length,
    problem:
      wrong && `column "${name}" has unknown values (${wrong}); known are ${nameSome(known)}`,
    write: (cell, into, at) => {
      const place = known.indexOf(plainName(cell));
      if (place >= 0) into[at + place] = 1;
    },
  };
}

/** What a manifest says of a column. A column may be called `constructor`, which every object has without anybody's saying. */
const ofColumn = <T>(values: Readonly<Record<string, T>> | undefined, name: string) =>
  values !== undefined && Object.hasOwn(values, name) ? values[name] : undefined;

/** Reads a column as the project's table says: its categories as 0 and 1, anything else as a number. */
export function columnReader(
  name: string,
  cells: readonly string[],
  options: ColumnOptions,
): ColumnReader {
  const categories = ofColumn(options.categories, name);
  if (categories) return categoryReader(name, cells, categories);
  const replacement = ofColumn(options.missing, name);
  const wrong = wrongCells(cells, (cell) => isMissing(cell) || isNumber(cell));
  const gaps = replacement === undefined ? cells.filter(isMissing).length : 0;
  const problem = wrong
    ? `column "${name}" has values that are no numbers (${wrong}${numberAdvice(cells)})`
    : gaps > 0
      ? `column "${name}" has ${gaps} missing cells, and nothing says what stands for them`
      : undefined;
  return {
    width: 1,
    problem,
    write: (cell, into, at) => {
      into[at] = isMissing(cell) ? (replacement as number) : Number(cell);
    },
  };
}
