import { readFileSync } from "node:fs";

/**
 * Reads a CSV file as samples, the way the project's manifest says (`data` of job.json): which columns, what stands in for a
 * missing number, which texts become which numbers, and what to subtract and divide by.
 *
 * Cells must hold no commas or quotes. A project that does not describe a table gets all columns, the last one being the class.
 */
export function readTable(path, data) {
  const [header, ...rows] = readFileSync(path, "utf8")
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(","));
  const target = data?.table?.target ?? header.at(-1);
  const columns = data?.table?.columns ?? header.filter((name) => name !== target);
  const { mean = [0], deviation = [1] } = data?.normalisation ?? {};
  return rows.map((row) => {
    const cell = (name) => row[header.indexOf(name)].trim();
    const label = data?.table ? data.classes.indexOf(cell(target)) : Number(cell(target));
    const numbers = columns.flatMap((name) => {
      const texts = data?.table?.categories?.[name];
      if (texts) return texts.map((text) => (text === cell(name) ? 1 : 0));
      const isMissing = ["", "NA", "?"].includes(cell(name));
      return isMissing ? data.table.missing[name] : Number(cell(name));
    });
    // One mean for all columns, or one for each.
    const scaled = numbers.map(
      (value, i) => (value - (mean[i] ?? mean[0])) / (deviation[i] ?? deviation[0]),
    );
    return { input: scaled, label };
  });
}
