import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { replacePart } from "../../../scripts/screenshots/page-part.ts";
import { shortenTranscript } from "../../../scripts/screenshots/shorten-transcript.ts";
import { terminalPage } from "../../../scripts/screenshots/terminal-page.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

describe("the run that the documentation shows", () => {
  it("keeps the first round, marks repetitions, and keeps what later rounds led to", () => {
    const lines = [
      "   1 s  trainer-1   joined with a stake",
      "   2 s  trainer-2   joined with a stake",
      "   2 s  trainer-3   joined with a stake",
      "   9 s  aggregator  round 1: proven in 9.7 s",
      "  10 s  referee     model 1: accuracy 76.3 %",
      "  19 s  aggregator  round 2: proven in 9.1 s",
      "  20 s  referee     model 2: accuracy 80.0 %",
      "  20 s  aggregator  round 2: proven in 9.2 s",
      "  21 s  trainer-3   round 2: rejected: a copy of the last round's result",
    ];

    expect(shortenTranscript(lines)).toEqual([
      lines[0],
      "…",
      lines[3],
      lines[4],
      "…",
      lines[6],
      lines[8],
    ]);
  });

  it("goes where the page has a place for it, and nowhere else", () => {
    const page = "a\n<!-- x -->\nold\n<!-- /x -->\nb";

    expect(replacePart(page, "x", "new")).toBe("a\n<!-- x -->\nnew\n<!-- /x -->\nb");
    expect(() => replacePart(page, "y", "new")).toThrow('no place for "y"');
  });

  it("draws a terminal's line cell by cell, and lets no text become markup", () => {
    const html = terminalPage([[{ text: "<b", tone: "good" }]], 80);

    expect(html).toContain("<i>&lt;</i><i>b</i>");
  });

  it("is there: the transcript has its place, and every picture its file", () => {
    const readme = readFileSync(join(root, "README.md"), "utf8");
    const run = readFileSync(join(root, "docs/a-run.md"), "utf8");
    const pictures = [...readme.matchAll(/docs\/images\/[a-z-]+\.(?:png|svg)/g)];

    expect(replacePart(run, "transcript", "")).toContain("<!-- /transcript -->");
    expect(pictures.length).toBeGreaterThanOrEqual(4);
    for (const [path] of pictures) expect(existsSync(join(root, path)), path).toBe(true);
  });
});
