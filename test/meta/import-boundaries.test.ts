import { readdir } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";
import { ARROWS, importProblems } from "./import-rules.ts";
import { importsOf, readSourceFiles, type SourceFile } from "./source-files.ts";

const fileWith = (path: string, text: string): SourceFile => ({
  path,
  text,
  imports: importsOf(text),
});

describe("import boundaries", () => {
  it("has a rule for every folder of services/, and files in every one of them", async () => {
    const entries = await readdir(`${repositoryRoot}services`, { withFileTypes: true });
    const folders = entries.map(({ name }) => `services/${name}`);

    expect(folders.filter((folder) => !(folder in ARROWS))).toEqual([]);
    const counts = await Promise.all(
      entries
        .filter((entry) => entry.isDirectory())
        .map(
          async ({ name }) => [name, (await readSourceFiles(`services/${name}`)).length] as const,
        ),
    );
    expect(counts.filter(([, count]) => count === 0)).toEqual([]);
    expect(counts.map(([name]) => name)).toEqual(
      expect.arrayContaining(["protocol", "adapters", "learning", "command-line"]),
    );
  });

  it("finds no import against an arrow or past a door in services/ and web/", async () => {
    const files = [...(await readSourceFiles("services")), ...(await readSourceFiles("web"))];

    expect(files.length).toBeGreaterThan(40);
    expect(files.flatMap(({ imports }) => imports).length).toBeGreaterThan(100);
    expect(files.flatMap(importProblems)).toEqual([]);
  });

  it("sees each kind of import", () => {
    const text = [
      'import { a } from "a";',
      'import type {\n  B,\n  C,\n} from "./b.ts";',
      'export { d } from "d";',
      'import "e";',
      'const f = await import("f");',
      '// import { g } from "g";',
      '/** @example import { h } from "h"; */',
    ].join("\n");

    expect(importsOf(text)).toEqual(["a", "./b.ts", "d", "e", "f"]);
  });

  it.each([
    ["services/protocol/x.ts", 'import { readFile } from "node:fs";'],
    ["services/protocol/x.ts", 'import { a } from "../adapters/database.ts";'],
    ["services/adapters/curve/x.ts", 'import { a } from "../ipfs/ipfs-node.ts";'],
    ["services/worker/x.ts", 'import { a } from "../owner/post.ts";'],
    ["services/worker/x.ts", 'import { ethers } from "ethers";'],
    ["services/worker/x.ts", 'import { a } from "../../test/a.ts";'],
    ["services/learning/x.ts", 'import { a } from "../adapters/database.ts";'],
    ["services/new-role/x.ts", 'import { a } from "../protocol/errors.ts";'],
    ["services/owner/x.ts", "const home = process.env.HOME;"],
    ["services/owner/x.ts", "process.exit(1);"],
    ["web/x.ts", 'import { a } from "../services/worker/a.ts";'],
  ])("would refuse in %s: %s", (path, text) => {
    expect(importProblems(fileWith(path, text))).toHaveLength(1);
  });
});
