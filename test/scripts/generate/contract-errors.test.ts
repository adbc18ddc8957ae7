import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { contractErrorsOf, readContractErrors } from "../../../scripts/generate/contract-errors.ts";
import { repositoryRoot } from "../../../scripts/repository.ts";

describe("the errors of the contracts", () => {
  it("are read with arguments and notice, over several lines and past a semicolon", () => {
    const source = `
    /// @notice Thrown when a batch ends early; nothing of it
    /// is used.
    /// @dev A trap.
    error MarketMalformedBatch(
        uint256 expected,
        uint256 actual
    );
    /// @notice Emitted when something else happens.
    event Other();
    error WithoutNotice();`;

    expect(contractErrorsOf("contracts/A.sol", source)).toEqual([
      {
        signature: "MarketMalformedBatch(uint256 expected, uint256 actual)",
        notice: "Thrown when a batch ends early; nothing of it is used. A trap.",
        source: "contracts/A.sol",
      },
    ]);
  });

  it("are all documented: none is declared without a notice", async () => {
    const folder = join(repositoryRoot, "contracts");
    const names = await readdir(folder, { recursive: true });
    const texts = await Promise.all(
      names
        .filter((name) => name.endsWith(".sol"))
        .map((name) => readFile(join(folder, name), "utf8")),
    );
    const declared = texts.flatMap((text) =>
      [...text.matchAll(/^\s*error (\w+)\(/gm)].map(([, name = ""]) => name),
    );
    const page = await readFile(join(repositoryRoot, "docs/errors.md"), "utf8");
    const documented = (await readContractErrors()).map(({ signature }) => signature.split("(")[0]);

    expect(declared.length).toBeGreaterThan(60);
    expect(declared.filter((name) => !documented.includes(name))).toEqual([]);
    expect(declared.filter((name) => !page.includes(`| \`${name}(`))).toEqual([]);
  });
});
