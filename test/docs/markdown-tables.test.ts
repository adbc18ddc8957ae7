import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";
import { documentationPages } from "../meta/shell-blocks.ts";

/** Cells of a row; `\|` is none. */
const cellsOf = (row: string) =>
  row
    .trim()
    .replace(/^\||(?<!\\)\|$/g, "")
    .split(/(?<!\\)\|/).length;

/** Rows of a page's tables that have more or fewer cells than their head, which readers see cut off or empty. */
function raggedRows(page: string, markdown: string): string[] {
  const lines = markdown.replaceAll(/^```[\s\S]*?^```$/gm, (block) => block.replaceAll("|", " "));
  let wanted: number | undefined;
  return lines.split("\n").flatMap((line, index, all) => {
    if (!line.startsWith("|")) {
      wanted = undefined;
      return [];
    }
    wanted ??= cellsOf(line);
    const isHead = !all[index - 1]?.startsWith("|");
    const isRuled = !isHead || /^\|[\s:|-]+\|$/.test(all[index + 1] ?? "");
    return cellsOf(line) === wanted && isRuled ? [] : [`${page}:${index + 1}`];
  });
}

describe("tables of the documentation", () => {
  it("have as many cells in each row as in their head", async () => {
    const pages = [...(await documentationPages()), "CHANGELOG.md", "circuits/README.md"].map(
      (page) => ({ page, text: readFileSync(join(repositoryRoot, page), "utf8") }),
    );

    expect(pages.filter(({ text }) => /^\|/m.test(text)).length).toBeGreaterThan(15);
    expect(pages.flatMap(({ page, text }) => raggedRows(page, text))).toEqual([]);
  });

  it.each([
    "| a | b |\n|---|---|\n| 1 |",
    "| a | b |\n|---|---|\n| 1 | 2 | 3 |",
    "| a | b |\n| 1 | 2 |",
    "| a |\n|---|---|\n| 1 |",
  ])("would refuse %j", (table) => {
    expect(raggedRows("a page", table)).not.toEqual([]);
  });

  it("may have bars in cells, behind a backslash, and in code", () => {
    expect(raggedRows("a page", "| a |\n|---|\n| \\|x\\| |\n\n```\n| x | y\n```")).toEqual([]);
  });
});
