import type { SchemaElement } from "hyparquet";
import { damage } from "./damage.ts";

/**
 * A value of a column as pandas writes it into a CSV file, so that both kinds of files fit one project. What is missing is empty.
 *
 * @throws CommonweightError CW3102 for a date that is none and for bytes that are no text.
 * @example
 * cellText(0.10000000149011612, { name: "a", type: "FLOAT" }) // "0.1"
 * cellText(true, { name: "b", type: "BOOLEAN" }) // "True"
 */
export function cellText(value: unknown, element: SchemaElement): string {
  switch (typeof value) {
    case "string":
      return value;
    case "boolean":
      return value ? "True" : "False";
    case "bigint":
      return String(value);
    case "number":
      return numberText(value, element);
    case "undefined":
      return "";
    default:
      return objectText(value, element);
  }
}

function numberText(value: number, { type, converted_type, scale = 0 }: SchemaElement): string {
  if (Number.isNaN(value)) return "";
  if (converted_type === "DECIMAL") return value.toFixed(Math.min(100, Math.max(0, scale)));
  return type === "FLOAT" ? singleText(value) : String(value);
}

/** The shortest text that is read back as the same float32: its double has digits that nobody wrote. */
function singleText(value: number): string {
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(value);
}

function objectText(value: unknown, { converted_type, logical_type }: SchemaElement): string {
  if (value === null) return "";
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) throw damage("a date beyond all years");
    const text = value
      .toISOString()
      .replace("T", " ")
      .replace(/(\.000)?Z$/, "");
    const isDay = converted_type === "DATE" || logical_type?.type === "DATE";
    return isDay ? text.slice(0, -" 00:00:00".length) : text;
  }
  if (value instanceof Uint8Array) return bytesText(value);
  throw damage("values of no known kind");
}

function bytesText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw damage("bytes that are no text", cause);
  }
}

const MIDNIGHT = " 00:00:00";

/**
 * Cells of a whole column as pandas writes them: moments that are all midnights, as most programs store days, without the time.
 *
 * @example pandasCells(["2024-02-29 00:00:00", ""], { name: "a", type: "INT96" }) // ["2024-02-29", ""]
 */
export function pandasCells(cells: readonly string[], element: SchemaElement): readonly string[] {
  const { type, converted_type = "", logical_type } = element;
  const isMoment =
    type === "INT96" ||
    converted_type.startsWith("TIMESTAMP") ||
    logical_type?.type === "TIMESTAMP";
  if (!isMoment || !cells.every((cell) => cell === "" || cell.endsWith(MIDNIGHT))) return cells;
  return cells.map((cell) => cell.slice(0, -MIDNIGHT.length));
}
