import { CommonweightError } from "../../../protocol/errors.ts";
import { learningErrors } from "../../errors.ts";
import { plainName } from "../plain-name.ts";
import { requireColumnNames } from "./column-names.ts";
import {
  findSeparator,
  type Separator,
  withoutToldSeparator,
  withPoints,
} from "./csv-separator.ts";
import type { CsvTable } from "./csv-table.ts";

function malformed(message: string): CommonweightError {
  return new CommonweightError(learningErrors.dataMalformed, `CSV: ${message}`);
}

/**
 * Parses CSV (RFC 4180): quotes doubled inside quotes, LF or CRLF, a header in the first line. Between the cells are commas, or else
 * semicolons, tabs or bars; then numbers may have a decimal comma, and come back with a point. A line `sep=;` above the header is heeded. Empty lines are skipped, and so
 * are a nameless first column of row numbers and nameless empty columns, which programs write beside the samples.
 *
 * @throws CommonweightError CW3102 for an open quote, a row of another length, a missing, doubled or impossible column name, decimal
 * commas beside decimal points; CW3103 for too many columns.
 */
export function parseCsv(text: string): CsvTable {
  const plain = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  const { rest, told } = withoutToldSeparator(plain);
  const separator = told ?? findSeparator(rest);
  const lines = splitCells(rest, separator);
  const header = lines[0]?.map(plainName);
  if (!header) throw malformed("it is empty, without even a header");
  requireColumnNames(header, "CSV");
  const fraction = header.find((name) => /^[-+]?\d*[.]\d+(e[-+]?\d+)?$/i.test(name));
  if (fraction !== undefined) {
    throw malformed(
      `a column is called "${fraction}": the first row seems to be a sample; put a row of column names above it`,
    );
  }
  const rows = lines.slice(1);
  const wrong = rows.findIndex((row) => row.length !== header.length);
  if (wrong >= 0) {
    const whyTitle =
      header.length === 1 ? "; is there a title or a remark above the row of names? Remove it" : "";
    throw malformed(
      `row ${wrong + 1} has ${rows[wrong]?.length} cells, the header ${header.length}${whyTitle}`,
    );
  }
  const table = withoutUnnamed({ header, rows });
  return separator === "," ? table : requirePoints(table, separator);
}

/**
 * Leaves out what programs write beside a table: a first column without a name that counts the rows, and empty columns at the end.
 *
 * @throws CW3102 for any other column without a name, because nobody could ask for it.
 */
function withoutUnnamed(table: CsvTable): CsvTable {
  const { header, rows } = table;
  if (!header.includes("")) return table;
  const isLeftOut = header.map((name, column) => {
    if (name !== "") return false;
    const cells = rows.map((row) => (row[column] as string).trim());
    const isCount = column === 0 && cells.every((cell) => /^\d+$/.test(cell));
    if (isCount || cells.every((cell) => cell === "")) return true;
    throw malformed(`column ${column + 1} has no name, and "${cells[0]}" in its first row`);
  });
  const keep = (row: readonly string[]) => row.filter((_, column) => !isLeftOut[column]);
  return { header: keep(header), rows: rows.map(keep) };
}

function requirePoints(table: CsvTable, separator: Separator): CsvTable {
  const read = withPoints(table, separator);
  if ("rows" in read) return read;
  const { column, row } = read;
  throw malformed(
    `column "${table.header[column]}" has numbers with a comma and "${table.rows[row]?.[column]}" in row ${row + 1}; write all of them with a point`,
  );
}

/**
 * Writes a table as CSV that `parseCsv` reads back.
 *
 * @example encodeCsv({ header: ["a", "b"], rows: [["1", "x,y"]] }) // 'a,b\n1,"x,y"\n'
 */
export function encodeCsv({ header, rows }: CsvTable): string {
  const encode = (cell: string) =>
    /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  return [header, ...rows].map((cells) => `${cells.map(encode).join(",")}\n`).join("");
}

function splitCells(text: string, comma: Separator): string[][] {
  const ends = `${comma}\r\n`;
  const lines: string[][] = [];
  let cells: string[] = [];
  let at = 0;
  while (at < text.length) {
    const cell = readCell(text, at, ends);
    cells.push(cell.value);
    at = cell.end;
    const separator = text[at];
    if (separator === comma) {
      at += 1;
      if (at < text.length) continue;
      cells.push("");
    }
    if (separator === "\r") at += text[at + 1] === "\n" ? 2 : 1;
    if (separator === "\n") at += 1;
    if (cells.length > 1 || cells[0] !== "") lines.push(cells);
    cells = [];
  }
  return lines;
}

/** Reads one cell from `start` to one of `ends`; `end` is the position of the separator after it. */
function readCell(text: string, start: number, ends: string): { value: string; end: number } {
  if (text[start] !== '"') {
    let end = start;
    while (end < text.length && !ends.includes(text[end] as string)) end += 1;
    return { value: text.slice(start, end), end };
  }
  let from = start + 1;
  let value = "";
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) throw malformed(`a quote opened at character ${start} is never closed`);
    value += text.slice(from, quote);
    if (text[quote + 1] !== '"') {
      const next = text[quote + 1];
      if (next !== undefined && !ends.includes(next)) {
        throw malformed(`text follows a closing quote at character ${quote}`);
      }
      return { value, end: quote + 1 };
    }
    value += '"';
    from = quote + 2;
  }
}
