import { nameSome } from "../name-some.ts";
import type { TableDescription } from "./describe-table.ts";
import type { CsvTable } from "./formats/csv-table.ts";
import { isMissing, isNumber } from "./table-column.ts";

/** A column of so few values may be the class written otherwise. */
const MOST_TELLING_VALUES = 30;
/** Fewer rows of a value may be of one class by chance. */
const LEAST_ROWS_OF_VALUE = 5;
/** So many times as many pairs of rows as whole numbers to choose from: that no two are equal then happens once in 150 columns. */
const PAIRS_FOR_EACH_NUMBER = 5;
/** Fewer rows say little about how values are spread. */
const LEAST_ROWS_OF_CROWD = 30;
/** Of the deviation: eight of ten values within so little are nearly one value to a model. Normally spread ones take 2.6, incomes about 1. */
const CROWDED = 0.1;
/** Farther from the middle, in widths of the middle half, a value is rather a slip than a rare one: incomes stay far below. */
const FARTHEST = 10_000;

/**
 * What in a table may spoil training, although every cell of it can be read.
 *
 * @param leaveOut How its owner leaves a column out.
 */
export function tableWarnings(
  { header, rows }: CsvTable,
  { table, classes }: Pick<TableDescription, "table" | "classes">,
  leaveOut = "leave it out with --drop",
): string[] {
  const cellsOf = (name: string) => {
    const place = header.indexOf(name);
    return rows.map((row) => (row[place] as string).trim());
  };
  const classCells = cellsOf(table.target);
  const columns = table.columns.map((name) => ({ name, cells: cellsOf(name) }));
  return [
    ...alikeClasses(classes),
    ...columns
      .filter(({ cells }) => isClassItself(cells, classCells))
      .map(
        ({ name }) =>
          `Column "${name}" tells the class by itself: each of its values has one class only. If it is known only once the class is, ${leaveOut}.`,
      ),
    ...columns
      .filter(({ cells }) => isNumbering(cells))
      .map(
        ({ name, cells }) =>
          `Column "${name}" has another whole number in each row, as "${cells[0]}" in the first: rows, people or cases are numbered so. If it says nothing of the sample, ${leaveOut}.`,
      ),
    ...columns.flatMap(({ name, cells }) =>
      [...farValue(name, cells), ...crowd(name, cells)].slice(0, 1),
    ),
  ];
}

function alikeClasses(classes: readonly string[]): string[] {
  const alike = Map.groupBy(classes, (name) => name.trim().toLowerCase());
  return [...alike.values()]
    .filter((names) => names.length > 1)
    .map((names) => `Classes ${nameSome(names.map((name) => `"${name}"`))} differ in case only.`);
}

function isClassItself(cells: readonly string[], classCells: readonly string[]): boolean {
  const found = new Map<string, { readonly own: string; rows: number }>();
  for (const [i, cell] of cells.entries()) {
    const own = classCells[i] as string;
    const known = found.get(cell);
    if (known === undefined) found.set(cell, { own, rows: 1 });
    else if (known.own !== own) return false;
    else known.rows += 1;
    if (found.size > MOST_TELLING_VALUES) return false;
  }
  const values = [...found.values()];
  return values.length > 1 && values.every(({ rows }) => rows >= LEAST_ROWS_OF_VALUE);
}

/** Whether whole numbers differ in all rows, although so many out of so few would not by chance. */
function isNumbering(cells: readonly string[]): boolean {
  const numbers = cells.map(Number);
  if (!cells.every(isNumber) || !numbers.every(Number.isInteger)) return false;
  if (new Set(numbers).size < numbers.length) return false;
  const [least, most] = numbers.reduce(
    ([low, high], number) => [Math.min(low, number), Math.max(high, number)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
  const pairs = (numbers.length * (numbers.length - 1)) / 2;
  return pairs >= PAIRS_FOR_EACH_NUMBER * (most - least + 1);
}

const numbersOf = (cells: readonly string[]) =>
  cells.flatMap((cell, row) =>
    isMissing(cell) || !isNumber(cell) ? [] : { value: Number(cell), row },
  );

/** Reads off the value below which this share of all lie. */
function quantiles(values: readonly number[]): (share: number) => number {
  const sorted = [...values].sort((a, b) => a - b);
  return (share) => sorted[Math.floor(share * (sorted.length - 1))] as number;
}

/** Counts and amounts that differ by powers of ten: divided by the deviation, which the few largest make, nearly all are the same. */
function crowd(name: string, cells: readonly string[]): string[] {
  const values = numbersOf(cells).map(({ value }) => value);
  if (values.length < LEAST_ROWS_OF_CROWD) return [];
  const mean = values.reduce((sum, value) => sum + value / values.length, 0);
  const deviation = Math.sqrt(
    values.reduce((sum, value) => sum + (value - mean) ** 2 / values.length, 0),
  );
  const at = quantiles(values);
  const shown = (share: number) => String(Number(at(share).toPrecision(3)));
  const width = at(0.9) - at(0.1);
  // Nothing of a column that is nearly always the same lies in a crowd, but in the rest.
  if (width === 0 || width > CROWDED * deviation) return [];
  return [
    `Column "${name}" reaches from ${shown(0)} to ${shown(1)}, and eight of ten values lie between ${shown(0.1)} and ${shown(0.9)}: beside the largest they look the same to a model. Its logarithm${at(0) > 0 ? "" : ", or that of 1 + the value,"} would tell them apart.`,
  ];
}

function farValue(name: string, cells: readonly string[]): string[] {
  const numbers = numbersOf(cells);
  const at = quantiles(numbers.map(({ value }) => value));
  const [low, middle, high] = [at(0.25), at(0.5), at(0.75)];
  if (numbers.length < LEAST_ROWS_OF_VALUE || low === high) return [];
  const far = numbers.find(({ value }) => Math.abs(value - middle) > FARTHEST * (high - low));
  if (far === undefined) return [];
  return [
    `Column "${name}" has ${cells[far.row]} in row ${far.row + 1}, while half of its values lie between ${low} and ${high}: one such value makes all others look the same.`,
  ];
}
