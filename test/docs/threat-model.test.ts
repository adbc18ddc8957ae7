import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { repositoryRoot } from "../../scripts/repository.ts";

const page = readFileSync(join(repositoryRoot, "docs/threat-model.md"), "utf8");

describe("the threat model", () => {
  it("names only Solidity tests that exist", () => {
    const folder = join(repositoryRoot, "test/contracts");
    const sources = readdirSync(folder)
      .filter((name) => name.endsWith(".t.sol"))
      .map((name) => readFileSync(join(folder, name), "utf8"))
      .join("\n");
    const named = [...page.matchAll(/`((?:test|invariant)_\w+)`/g)].map(([, name]) => name);

    expect(named.length).toBeGreaterThan(25);
    expect(named.filter((name) => !sources.includes(`function ${name}(`))).toEqual([]);
  });

  it("names only test files that exist", () => {
    const named = [...page.matchAll(/`(test\/[\w./-]+\.ts)`/g)].map(([, path]) => path as string);

    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((path) => !existsSync(join(repositoryRoot, path)))).toEqual([]);
  });
});
