import { readFileSync, writeFileSync } from "node:fs";

const START = "<!-- faults -->\n";
const END = "<!-- /faults -->";

/** Puts a run's report between the page's markers, so that no number is copied by hand. @throws RangeError without markers. */
export function writeFaultReport(page: string, report: string): void {
  const markdown = readFileSync(page, "utf8");
  const start = markdown.indexOf(START);
  const end = markdown.indexOf(END);
  if (start < 0 || end < start) throw new RangeError(`${page} has no place for the report`);
  const before = markdown.slice(0, start + START.length);
  writeFileSync(page, `${before}\n${report}\n${markdown.slice(end)}`);
}
