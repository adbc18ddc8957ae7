import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { describe, expect, test } from "vitest";

/** Everything a file imports, directly or through others, types aside. */
function importsOf(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(file, "utf8");
  for (const [, specifier] of text.matchAll(
    /^(?:import|export) (?!type)[^;]*?from "([^"]+)";/gms,
  )) {
    if (specifier?.startsWith(".")) importsOf(resolve(dirname(file), specifier), seen);
    else seen.add(specifier as string);
  }
  return seen;
}

describe("what runs in the browser", () => {
  test.each([
    "rehearsal/rehearse",
    "training/calibrate-project",
    "data/fit-report",
    "data/assess-reference-sets",
    "data/csv-dataset",
  ])("%s needs no module of Node", (name) => {
    const imports = [...importsOf(resolve(`services/learning/${name}.ts`))];

    expect(imports.length).toBeGreaterThan(3);
    expect(imports.filter((specifier) => specifier.startsWith("node:"))).toEqual([]);
  });

  test("the check itself sees a module of Node", () => {
    expect(importsOf(resolve("services/learning/data/mnist.ts"))).toContain("node:fs/promises");
  });
});
