import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { readErrorCatalogue } from "../../scripts/generate/error-catalogue.ts";
import { ERROR_AREAS } from "../../scripts/generate/error-page.ts";
import { repositoryRoot } from "../../scripts/repository.ts";
import { documentationPages } from "./shell-blocks.ts";
import { readSourceFiles } from "./source-files.ts";

describe("error codes", () => {
  it("documents every code that a source file declares", async () => {
    const page = await readFile(`${repositoryRoot}docs/errors.md`, "utf8");
    const sources = [...(await readSourceFiles("services")), ...(await readSourceFiles("web"))];
    const declared = sources.flatMap(({ text }) =>
      [...text.matchAll(/code:\s*"(CW\d{4})"/g)].map(([, code]) => code ?? ""),
    );

    expect(declared.length).toBeGreaterThan(20);
    expect(declared.filter((code) => !page.includes(`### ${code}\n`))).toEqual([]);
  });

  it("gives every code one meaning, an area, a title and a way out", async () => {
    const catalogue = await readErrorCatalogue();
    const codes = catalogue.map(({ code }) => code);
    const isInArea = (code: string) =>
      ERROR_AREAS.some(({ range: [first, last] }) => {
        const number = Number(code.slice(2));
        return number >= first && number <= last;
      });

    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([]);
    expect(codes.filter((code) => !isInArea(code))).toEqual([]);
    for (const { code, title, hint } of catalogue) {
      expect(title.length, `${code}: title`).toBeGreaterThan(5);
      expect(hint.length, `${code}: hint`).toBeGreaterThan(10);
    }
  });

  it("are named in the documentation only when they exist", async () => {
    const codes = (await readErrorCatalogue()).map(({ code }): string => code);
    const pages = (await documentationPages()).filter((page) => page !== "docs/errors.md");
    const named = await Promise.all(
      pages.map(async (page) =>
        [...(await readFile(`${repositoryRoot}${page}`, "utf8")).matchAll(/\bCW\d{4}\b/g)].map(
          ([code]) => ({ page, code }),
        ),
      ),
    );

    expect(named.flat().length).toBeGreaterThan(30);
    expect(named.flat().filter(({ code }) => !codes.includes(code))).toEqual([]);
  });

  it("documents no code that nobody throws", async () => {
    const sources = [...(await readSourceFiles("services")), ...(await readSourceFiles("web"))];
    const text = sources.map((source) => source.text).join("\n");
    const tables = [...text.matchAll(/const (\w+) = defineErrors\([^{]*\{(.*?)\n\}\);/gs)];
    const declared = tables.flatMap(([, table, body]) =>
      [...(body ?? "").matchAll(/^ {2}(\w+): \{$/gm)].map(([, name]) => ({ table, name })),
    );
    /** By its name, by a name that is computed, or out of a destructured table. */
    const isUsed = ({ table, name }: (typeof declared)[number]) =>
      new RegExp(`\\b${table}\\.${name}\\b`).test(text) ||
      new RegExp(`\\b${table}\\[`).test(text) ||
      new RegExp(`\\{[^{}]*\\b${name}\\b[^{}]*\\} = ${table}\\b`).test(text);

    expect(declared.length).toBeGreaterThan(150);
    expect(declared.filter((each) => !isUsed(each))).toEqual([]);
  });

  it("throws no nameless error across modules", async () => {
    const sources = await readSourceFiles("services");
    const nameless = sources.filter(({ text }) => /throw new Error\(/.test(text));

    expect(nameless.map(({ path }) => path)).toEqual([]);
  });
});
