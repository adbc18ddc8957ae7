import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { emptyFolder } from "../../services/market/market-folder.ts";

describe("the folder of a new market", () => {
  let folder: string;
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), "commonweight-folder-")), "market");
  });
  afterEach(() => rmSync(join(folder, ".."), { recursive: true }));

  it("is made, and emptied of what the market before it left", () => {
    emptyFolder(folder);
    mkdirSync(join(folder, "cache"));
    emptyFolder(folder);

    expect(readdirSync(folder)).toEqual([".commonweight-market"]);
  });

  it("may be one of a market from before there was a mark", () => {
    mkdirSync(folder);
    writeFileSync(join(folder, "deployment.json"), "{}");
    emptyFolder(folder);

    expect(existsSync(join(folder, "deployment.json"))).toBe(false);
  });

  it("is left alone when it is somebody's own, which only happens to be called like it", () => {
    mkdirSync(folder);
    writeFileSync(join(folder, "thesis.tex"), "years of work");

    expect(() => emptyFolder(folder)).toThrow(
      expect.objectContaining({ code: "CW6010", message: expect.stringContaining("thesis.tex") }),
    );
    expect(readdirSync(folder)).toEqual(["thesis.tex"]);
  });
});
