import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";
import { documentationPages } from "./shell-blocks.ts";

const exists = (path: string) => existsSync(join(repositoryRoot, path));
const readPage = (page: string) => readFile(join(repositoryRoot, page), "utf8");

/** What a link to a heading is called, as GitHub makes it: `## The flat part` is `#the-flat-part`, a second one `#the-flat-part-1`. */
function anchorsOf(markdown: string): string[] {
  const headings = markdown
    .replaceAll(/^```[\s\S]*?^```$/gm, "")
    .split("\n")
    .flatMap((line) => /^#{1,6} (.*)$/.exec(line)?.[1] ?? []);
  const anchors = headings.map((heading) =>
    heading
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}_\- ]/gu, "")
      .replaceAll(" ", "-"),
  );
  return anchors.map((anchor, index) => {
    const before = anchors.slice(0, index).filter((other) => other === anchor).length;
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}

describe("documentation", () => {
  it("links only to files that exist", async () => {
    const pages = [...(await documentationPages()), "CHANGELOG.md"];
    const links = await Promise.all(
      pages.map(async (page) =>
        [...(await readPage(page)).matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)]
          .map(([, target]) => target ?? "")
          .filter((target) => !/^[a-z]+:/.test(target))
          .map((target) => ({ page, target: join(dirname(page), target) })),
      ),
    );

    expect(links.flat().length).toBeGreaterThan(5);
    expect(links.flat().filter(({ target }) => !exists(target))).toEqual([]);
  });

  it("links only to headings that exist", async () => {
    const links = await Promise.all(
      (await documentationPages()).map(async (page) =>
        [...(await readPage(page)).matchAll(/\]\(([^)\s:]*)#([^)\s]+)\)/g)]
          .map(([, path = "", anchor = ""]) => ({
            page,
            target: path === "" ? page : join(dirname(page), path),
            anchor,
          }))
          .filter(({ target }) => target.endsWith(".md")),
      ),
    );
    const lacking = await Promise.all(
      links.flat().map(async (link) => {
        const isThere = anchorsOf(await readPage(link.target)).includes(link.anchor);
        return isThere ? [] : [`${link.page}: ${link.target}#${link.anchor}`];
      }),
    );

    expect(links.flat().length).toBeGreaterThan(15);
    expect(lacking.flat()).toEqual([]);
  });

  it("names only files and folders that exist", async () => {
    const named = await Promise.all(
      [...(await documentationPages()), "circuits/README.md"].map(async (page) =>
        [
          ...(await readPage(page)).matchAll(
            /`((?:services|contracts|circuits|test|scripts|web|bench|docs|examples|bin)\/[^`\s#]*)/g,
          ),
        ].map(([, path = ""]) => ({ page, path })),
      ),
    );
    // `<name>` and `*` stand for any.
    const paths = named.flat().filter(({ path }) => !/[<>*{}…]/.test(path));

    // What a command builds is not there before.
    const built = (await readPage(".gitignore")).split("\n").map((line) => line.replace(/\/$/, ""));
    const lacking = paths.filter(({ path }) => !exists(path) && !built.includes(path));

    expect(paths.length).toBeGreaterThan(400);
    expect(lacking).toEqual([]);
  });

  it("defines every word of the glossary in a file that exists", async () => {
    const rows = (await readPage("docs/glossary.md"))
      .split("\n")
      .filter((line) => line.startsWith("| ") && !line.startsWith("| word "))
      .map((line) => line.split("|").map((cell) => cell.trim()));
    const paths = rows.map(([, word, , path]) => ({ word, path: path?.replaceAll("`", "") ?? "" }));

    expect(rows.length).toBeGreaterThan(40);
    expect(paths.filter(({ path }) => !exists(path))).toEqual([]);
    const words = paths.map(({ word }) => word);
    expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
  });

  it("maps only folders and files that exist, and every folder there is", async () => {
    const readme = await readPage("README.md");
    const rows = readme
      .split("\n")
      .filter((line) => /^\| `/.test(line))
      .map((line) => line.split("|").map((cell) => cell.trim()));
    const folders = rows.flatMap(([, cell = ""]) =>
      [...cell.matchAll(/`([^`]+)`/g)].map(([, path]) => path ?? ""),
    );
    // "services/owner/, worker/": the later ones stand beside the first.
    const isThere = (path: string) => exists(path) || exists(join("services", path));

    expect(folders.filter((path) => !isThere(path))).toEqual([]);
    for (const folder of [
      "contracts/",
      "services/protocol/",
      "services/adapters/",
      "test/",
      "scripts/",
      "docs/",
    ]) {
      expect(folders).toContain(folder);
    }
  });
});
