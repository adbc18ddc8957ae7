import type { CsvTable } from "./csv-table.ts";

const FIRST_LINE_CHARACTERS = 65_536;
const SEPARATORS = [",", ";", "\t", "|"] as const;

/** What stands between the cells of a table. */
export type Separator = (typeof SEPARATORS)[number];

/** A first line that tells spreadsheets what stands between the cells, as bookkeeping programs write it. */
const TOLD = /^"?sep=([,;\t|])"?(\r\n|\r|\n)/i;

/** Takes such a line off a text. */
export function withoutToldSeparator(text: string): { rest: string; told?: Separator } {
  const [line, told] = TOLD.exec(text) ?? [];
  return line === undefined
    ? { rest: text }
    : { rest: text.slice(line.length), told: told as Separator };
}

/** The separator that the first line has most of: spreadsheets of many countries write semicolons, because their numbers have commas. */
export function findSeparator(text: string): Separator {
  const [first = ""] = text.slice(0, FIRST_LINE_CHARACTERS).split(/\r|\n/, 1);
  const outside = first.replace(/"[^"]*"/g, "");
  const count = (separator: string) => outside.split(separator).length - 1;
  return SEPARATORS.reduce((best, each) => (count(each) > count(best) ? each : best));
}

const WITH_COMMA = /^[-+]?(\d+|\d{1,3}(\.\d{3})+)?,\d+(e[-+]?\d+)?$/i;
/** A decimal comma, or one between thousands: only beside semicolons it is surely decimal. */
const AMBIGUOUS = /^[-+]?\d{1,3},\d{3}$/;
const WITH_THOUSANDS = /^[-+]?\d{1,3}(\.\d{3})+$/;
const WITH_POINT = /^[-+]?\d*\.\d+(e[-+]?\d+)?$/i;

/**
 * Numbers of a table whose separator is no comma, with a point: `0,5` and `1.234,5` become `0.5` and `1234.5`. Which of both signs is the
 * decimal one, the whole table tells; `1.234` is a fraction where no number has a comma.
 *
 * @returns The table, or the place of a number with the other sign: nobody can tell what is meant then.
 */
export function withPoints(
  { header, rows }: CsvTable,
  separator: Separator,
): CsvTable | { readonly column: number; readonly row: number } {
  const isDecimal = (cell: string) =>
    WITH_COMMA.test(cell.trim()) && (separator === ";" || !AMBIGUOUS.test(cell.trim()));
  if (!rows.some((row) => row.some(isDecimal))) return { header, rows };
  const hasComma = header.map((_, column) =>
    rows.some((row) => WITH_COMMA.test((row[column] ?? "").trim())),
  );
  for (const [row, cells] of rows.entries()) {
    const column = cells.findIndex((cell, at) => {
      const text = cell.trim();
      return hasComma[at] && WITH_POINT.test(text) && !WITH_THOUSANDS.test(text);
    });
    if (column >= 0) return { column, row };
  }
  return { header, rows: rows.map((row) => row.map(pointed)) };
}

function pointed(cell: string): string {
  const text = cell.trim();
  if (!WITH_COMMA.test(text) && !WITH_THOUSANDS.test(text)) return cell;
  return text.replaceAll(".", "").replace(",", ".");
}
