import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FAULT_KINDS } from "../../bench/faults/fault-kinds.ts";
import { faults } from "../../scripts/mutation/faults.ts";
import { repositoryRoot } from "../../scripts/repository.ts";
import { fuzzTargets } from "../fuzz/targets.ts";

const pages = ["docs/threat-model.md", "docs/proof.md", "docs/performance.md", "SECURITY.md"].map(
  (name) => ({ name, text: readFileSync(join(repositoryRoot, name), "utf8") }),
);
const page = pages[0]?.text as string;

describe("the threat model, and what else is claimed about safety and speed", () => {
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

  it.each(pages)("$name names only files of the repository that exist", ({ text }) => {
    const folders = "bench|bin|circuits|contracts|docs|examples|scripts|services|test|web";
    const named = [
      ...text.matchAll(
        new RegExp(
          `[\\s\`]((?:${folders})/[\\w./-]+\\.(?:ts|tsx|sol|circom|json|md|mjs))[\\s\`#]`,
          "g",
        ),
      ),
    ].map(([, path]) => path as string);

    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((path) => !existsSync(join(repositoryRoot, path)))).toEqual([]);
  });

  it("names only code that exists", () => {
    const named = [...page.matchAll(/`([\w./-]+)#([\w-]+)`/g)].map(([, path = "", word = ""]) => ({
      path,
      word,
    }));
    const isThere = ({ path, word }: { path: string; word: string }) =>
      existsSync(join(repositoryRoot, path)) &&
      new RegExp(`\\b${word}\\b`).test(readFileSync(join(repositoryRoot, path), "utf8"));

    expect(named.length).toBeGreaterThan(20);
    expect(named.filter((each) => !isThere(each))).toEqual([]);
  });

  it("counts what there is", () => {
    expect(page).toContain(`damaged valid inputs to ${fuzzTargets.length} readers`);
    expect(pages.find(({ name }) => name === "SECURITY.md")?.text).toContain(
      `the ${fuzzTargets.length} readers`,
    );
    expect(page).toContain(`plants ${faults.length} faults`);
    expect(page).toContain(`all ${FAULT_KINDS.length} kinds`);
  });
});
