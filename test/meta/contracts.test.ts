import { readFile } from "node:fs/promises";
import type { HardhatUserConfig } from "hardhat/config";
import { describe, expect, it } from "vitest";
import config from "../../hardhat.config.ts";
import { repositoryRoot } from "../../scripts/repository.ts";
import { filesBelow } from "./source-files.ts";

const { compilers, overrides } = config.solidity as {
  compilers: readonly { version: string }[];
  overrides: Readonly<Record<string, { version: string }>>;
};
const versions = new Set([...compilers, ...Object.values(overrides)].map(({ version }) => version));

/** Runs the compiler hook of hardhat.config.ts over made-up compiler output. */
async function severitiesAfterHook(
  errors: readonly { file: string; severity: string; errorCode?: string }[],
) {
  const plugin = (config as HardhatUserConfig).plugins?.[0];
  const factory = await plugin?.hookHandlers?.solidity?.();
  // biome-ignore lint/suspicious/noExplicitAny: the hook is called as Hardhat calls it, with less context
  const hooks = (await factory?.default()) as any;
  const output = await hooks.invokeSolc({}, {}, {}, {}, async () => ({
    errors: errors.map(({ file, ...rest }) => ({ ...rest, sourceLocation: { file } })),
  }));
  return output.errors.map(({ severity }: { severity: string }) => severity);
}

describe("contracts", () => {
  it("pins the compiler that package-lock.json brings, in every source file", async () => {
    const paths = [
      ...(await filesBelow("contracts", /\.sol$/)),
      ...(await filesBelow("test/contracts", /\.sol$/)),
    ];
    const texts = await Promise.all(
      paths.map((path) => readFile(`${repositoryRoot}${path}`, "utf8")),
    );

    expect(paths.length).toBeGreaterThan(10);
    expect(versions.size).toBe(1);
    const unpinned = paths.filter(
      (_, index) => !texts[index]?.includes(`pragma solidity ${[...versions][0]};`),
    );
    expect(unpinned).toEqual([]);
  });

  it("turns compiler warnings about our files into errors, and drops those of npm packages", async () => {
    const severities = await severitiesAfterHook([
      { file: "project/contracts/A.sol", severity: "warning" },
      { file: "project/test/contracts/A.t.sol", severity: "warning", errorCode: "2072" },
      { file: "project/test/contracts/A.t.sol", severity: "warning", errorCode: "2018" },
      { file: "npm/@openzeppelin/contracts@5.0.0/A.sol", severity: "warning" },
      { file: "npm/@openzeppelin/contracts@5.0.0/A.sol", severity: "error" },
    ]);

    expect(severities).toEqual(["error", "error", "warning", "error"]);
  });
});
