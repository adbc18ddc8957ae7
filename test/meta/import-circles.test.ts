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

it("no files import each other in a circle", async () => {
  const folders = await Promise.all(["services", "web", "bench", "scripts"].map(readSourceFiles));
  const imports = new Map(
    folders
      .flat()
      .map(({ path, imports }) => [
        path,
        imports
          .filter((target) => target.startsWith("."))
          .map((target) => posix.join(posix.dirname(path), target)),
      ]),
  );

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
