import { posix } from "node:path";
import { expect, it } from "vitest";
import { readSourceFiles } from "./source-files.ts";

/** The files of one circle of imports; empty without one. Types count: whoever reads one file of a circle has to read all. */
function findCircle(imports: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const done = new Set<string>();
  const walk = (path: string, way: readonly string[]): readonly string[] => {
    if (way.includes(path)) return way.slice(way.indexOf(path));
    if (done.has(path)) return [];
    for (const next of imports.get(path) ?? []) {
      const circle = walk(next, [...way, path]);
      if (circle.length > 0) return circle;
    }
    done.add(path);
    return [];
  };
  for (const path of imports.keys()) {
    const circle = walk(path, []);
    if (circle.length > 0) return circle;
  }
  return [];
}

const readImports = async (folders: readonly string[]) => {
  const files = (await Promise.all(folders.map(readSourceFiles))).flat();
  return new Map(
    files.map(({ path, imports }) => [
      path,
      imports
        .filter((target) => target.startsWith("."))
        .map((target) => posix.join(posix.dirname(path), target)),
    ]),
  );
};

/**
 * The folders directly below `parent`, each with those beside it that it imports. Files of `parent`
 * itself do not count: they are what all of its folders stand on, or what puts them together.
 */
function importsBetweenFolders(parent: string, imports: ReadonlyMap<string, readonly string[]>) {
  const folderOf = (path: string) => {
    const [name, rest] = path.startsWith(`${parent}/`)
      ? path.slice(parent.length + 1).split("/")
      : [];
    return rest === undefined ? undefined : name;
  };
  const between = new Map<string, string[]>();
  for (const [path, targets] of imports) {
    const own = folderOf(path);
    if (own === undefined) continue;
    const others = targets.map(folderOf).filter((folder) => folder !== undefined);
    between.set(own, [
      ...(between.get(own) ?? []),
      ...others.filter((folder) => folder !== own && folder !== "generated"),
    ]);
  }
  return between;
}

it.each([
  ["services/protocol", 8],
  ["services/learning", 6],
  ["services/adapters/chain", 6],
  ["services/owner", 7],
  ["services/aggregator", 7],
  ["services/auditor", 4],
])("the folders of %s do not import each other in a circle", async (parent, atLeast) => {
  const between = importsBetweenFolders(parent, await readImports([parent]));

  expect(between.size).toBeGreaterThanOrEqual(atLeast);
  expect(findCircle(between)).toEqual([]);
});

it("no files import each other in a circle", async () => {
  const imports = await readImports(["services", "web", "bench", "scripts"]);

  expect(imports.size).toBeGreaterThan(500);
  expect(
    [...imports.values()].flat().filter((target) => imports.has(target)).length,
  ).toBeGreaterThan(1000);
  expect(findCircle(imports)).toEqual([]);
});

it("a circle is found wherever it begins", () => {
  const imports = new Map([
    ["a", ["b", "c"]],
    ["b", ["c"]],
    ["c", ["d"]],
    ["d", ["b"]],
  ]);

  expect(findCircle(imports)).toEqual(["b", "c", "d"]);
  expect(findCircle(new Map([...imports, ["d", []]]))).toEqual([]);
});
