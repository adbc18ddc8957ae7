import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";
import { readShellBlocks, type ShellBlock, shellBlocksOf } from "./shell-blocks.ts";

/** What is wrong with a block's marker, in words. */
async function markerProblem({
  page,
  line,
  language,
  marker,
}: ShellBlock): Promise<string | undefined> {
  const where = `${page}:${line}`;
  if (language !== "sh") return `${where}: use "sh", not "${language}"`;
  if (marker === "") return undefined;
  const reason = marker.match(/^illustrative: (.{10,})$/)?.[1];
  if (reason !== undefined) return undefined;
  const test = marker.match(/^test=(\S+)$/)?.[1];
  if (test === undefined)
    return `${where}: "${marker}" is neither test=<path> nor illustrative: <reason>`;
  const text = await readFile(join(repositoryRoot, test), "utf8").catch(() => undefined);
  if (text === undefined) return `${where}: ${test} does not exist`;
  return text.includes(page) ? undefined : `${where}: ${test} does not mention ${page}`;
}

describe("shell blocks of the documentation", () => {
  it("are run by a test or say why not", async () => {
    const blocks = await readShellBlocks();
    const problems = await Promise.all(blocks.map(markerProblem));

    expect(blocks.length).toBeGreaterThan(3);
    expect(
      blocks.some(({ marker }) => marker === ""),
      "at least one block is run as it stands",
    ).toBe(true);
    expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
  });

  it("are found with their markers", () => {
    const markdown = [
      "# A",
      "```sh",
      "ls",
      "```",
      "```ts",
      "x",
      "```",
      "```sh illustrative: because",
      "a",
      "b",
      "```",
    ];

    expect(shellBlocksOf("a.md", markdown.join("\n"))).toEqual([
      { page: "a.md", line: 2, language: "sh", marker: "", script: "ls" },
      { page: "a.md", line: 8, language: "sh", marker: "illustrative: because", script: "a\nb" },
    ]);
  });

  it.each([
    ["bash", ""],
    ["sh", "illustrative:"],
    ["sh", "skip"],
    ["sh", "test=test/nowhere.test.ts"],
    ["sh", "test=test/meta/lock-file.test.ts"],
  ])("would refuse ```%s %s", async (language, marker) => {
    const block = { page: "docs/overview.md", line: 1, language, marker, script: "ls" };

    expect(await markerProblem(block)).toBeTypeOf("string");
  });
});
