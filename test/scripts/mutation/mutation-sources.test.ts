import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { equivalentMutants } from "../../../scripts/mutation/equivalent-mutants.ts";
import { faults } from "../../../scripts/mutation/faults.ts";
import { mutantsOf } from "../../../scripts/mutation/mutants.ts";
import { repositoryRoot } from "../../../scripts/repository.ts";

const read = (file: string) => readFileSync(join(repositoryRoot, "contracts", file), "utf8");

describe("changes that are planted in the contracts", () => {
  it.each(faults)("$name: its place is in $file exactly once", ({ file, original }) => {
    expect(read(file).split(original)).toHaveLength(2);
  });

  it.each(equivalentMutants)("$file: $mutated is still a change of it", (listed) => {
    const found = mutantsOf(read(listed.file)).filter(
      ({ original, mutated }) => original === listed.original && mutated === listed.mutated,
    );

    expect(found).not.toEqual([]);
  });

  it("swap each operator once, leave out each statement, and let comments and constants be", () => {
    const source = [
      "    // a + b",
      "    uint256 private constant _MOST = 2 + 3;",
      "    x = a + b * 2;",
      "    if (x == 0) return;",
    ].join("\n");

    expect(mutantsOf(source).map(({ line, mutated }) => [line, mutated])).toEqual([
      [3, "x = a - b * 2;"],
      [3, "x = a + b / 2;"],
      [3, ""],
      [4, "if (x != 0) return;"],
      [4, ""],
    ]);
  });
});
