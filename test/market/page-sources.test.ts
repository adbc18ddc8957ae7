import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  isPageCurrent,
  pageSources,
  recordPageSources,
} from "../../services/market/page-sources.ts";

describe("the page that npm start serves", () => {
  let root: string;
  let page: string;
  const source = () => join(root, "web/app.tsx");
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "commonweight page "));
    page = join(root, "web/dist");
    mkdirSync(page, { recursive: true });
    for (const name of ["package-lock.json", "web/app.tsx", "web/dist/index.html"]) {
      writeFileSync(join(root, name), name);
    }
    recordPageSources(page, pageSources(root, [source()]));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it("is built from repository files and the lock file, not from packages or virtual modules", () => {
    const modules = [
      `${source()}?worker`,
      join(root, "node_modules/react/index.js"),
      "\0virtual",
      "/elsewhere/file.ts",
    ];

    expect(Object.keys(pageSources(root, modules))).toEqual(["package-lock.json", "web/app.tsx"]);
  });

  it("is current while every file it came from is as it was, whatever their times", () => {
    writeFileSync(source(), "web/app.tsx");

    expect(isPageCurrent(root, page)).toBe(true);
  });

  it.each([
    ["a source changed", () => writeFileSync(source(), "other")],
    ["a source went away", () => rmSync(source())],
    ["the packages changed", () => writeFileSync(join(root, "package-lock.json"), "other")],
    ["the page is gone", () => rmSync(join(page, "index.html"))],
    ["nobody wrote down what it came from", () => rmSync(join(page, "sources.json"))],
    ["the record is empty", () => writeFileSync(join(page, "sources.json"), "{}")],
  ])("is stale when %s", (_why, change) => {
    change();

    expect(isPageCurrent(root, page)).toBe(false);
  });
});
