import { CommonweightError } from "../protocol/errors.ts";
import { DATA_LIMITS } from "./data-limits.ts";
import { learningErrors } from "./errors.ts";

const FIRST_LINE_CHARACTERS = 65_536;
/** No reader of JSON agrees with another on a field of this name, and manifests name columns. */
const UNSAYABLE = "__proto__";

/** A table as text: the header, and rows of as many cells. */
export interface CsvTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

function malformed(message: string): CommonweightError {
  return new CommonweightError(learningErrors.dataMalformed, `CSV: ${message}`);
}

/**
 * Parses CSV (RFC 4180): commas, quotes doubled inside quotes, LF or CRLF, a header in the first line. Empty lines are skipped, and so
 * are a nameless first column of row numbers and nameless empty columns, which programs write beside the samples.
 *
 * @throws CommonweightError CW3102 for an open quote, a row of another length, a missing, doubled or impossible column name; CW3103 for
 * too many columns.
 */
export function parseCsv(text: string): CsvTable {
  const plain = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  requireCommas(plain);
  const lines = splitCells(plain);
  const header = lines[0]?.map((name) => name.trim());
  if (!header) throw malformed("it is empty, without even a header");
  if (header.length > DATA_LIMITS.columns) {
    throw new CommonweightError(learningErrors.dataTooLarge, `CSV with ${header.length} columns`);
  }
  const unsayable = header.indexOf(UNSAYABLE);
  if (unsayable >= 0)
    throw malformed(`column ${unsayable + 1} is called "${UNSAYABLE}"; rename it`);
  const doubled = header.find((name, i) => name !== "" && header.indexOf(name) !== i);
  if (doubled !== undefined) {
    const whyNumber = Number.isFinite(Number(doubled))
      ? "; is there a row of names above the samples?"
      : "";
    throw malformed(`column name "${doubled}" appears twice${whyNumber}`);
  }
  const fraction = header.find((name) => /^[-+]?\d*[.]\d+(e[-+]?\d+)?$/i.test(name));
  if (fraction !== undefined) {
    throw malformed(
      `a column is called "${fraction}": the first row seems to be a sample; put a row of column names above it`,
    );
  }
  const rows = lines.slice(1);
  const wrong = rows.findIndex((row) => row.length !== header.length);
  if (wrong >= 0) {
    throw malformed(
      `row ${wrong + 1} has ${rows[wrong]?.length} cells, the header ${header.length}`,
    );
  }
  return withoutUnnamed({ header, rows });
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

const OTHER_SEPARATORS = { ";": "semicolons", "\t": "tabs", "|": "bars" } as const;

/** Refuses a table that spreadsheets of many countries write: one with semicolons, whose commas belong to numbers. */
function requireCommas(text: string): void {
  const [first = ""] = text.slice(0, FIRST_LINE_CHARACTERS).split(/\r|\n/, 1);
  const outside = first.replace(/"[^"]*"/g, "");
  const count = (separator: string) => outside.split(separator).length - 1;
  for (const [separator, name] of Object.entries(OTHER_SEPARATORS)) {
    if (count(separator) > count(",")) {
      throw malformed(
        `its columns are separated by ${name}; export it with commas, and points in numbers`,
      );
    }
  }
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

function splitCells(text: string): string[][] {
  const lines: string[][] = [];
  let cells: string[] = [];
  let at = 0;
  while (at < text.length) {
    const cell = readCell(text, at);
    cells.push(cell.value);
    at = cell.end;
    const separator = text[at];
    if (separator === ",") {
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

/** Reads one cell from `start`; `end` is the position of the separator after it. */
function readCell(text: string, start: number): { value: string; end: number } {
  if (text[start] !== '"') {
    let end = start;
    while (end < text.length && !",\r\n".includes(text[end] as string)) end += 1;
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
      if (next !== undefined && !",\r\n".includes(next)) {
        throw malformed(`text follows a closing quote at character ${quote}`);
      }
      return { value, end: quote + 1 };
    }
    value += '"';
    from = quote + 2;
  }
}
