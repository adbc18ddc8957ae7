import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";
import { exitCodes } from "../../services/command-line/exit-codes.ts";

describe("exit codes", () => {
  it.each(["docs/commands.md", "docs/errors.md"])("are those that %s lists", async (page) => {
    const text = await readFile(`${repositoryRoot}${page}`, "utf8");
    const rows = text.matchAll(/^\| (\d+(?:, \d+)*) \|/gm);
    const listed = [...rows].flatMap(([, numbers]) => numbers?.split(", ").map(Number) ?? []);

    expect(listed.sort((one, other) => one - other)).toEqual(Object.values(exitCodes));
  });
});
