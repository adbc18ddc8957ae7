import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Red needs a test that failed; what does not compile is broken. */
export interface SuiteRun {
  readonly result: "green" | "red" | "broken";
  readonly failing: readonly string[];
  readonly output: string;
}

/** A temporary copy of the contracts and their tests, in which a source can be changed. */
export interface SuiteCopy {
  /** A file relative to contracts/. */
  read(file: string): string;
  write(file: string, source: string): void;
  /** Runs a suite, relative to test/contracts/. */
  run(suite: string): SuiteRun;
  remove(): void;
}

const root = fileURLToPath(new URL("../..", import.meta.url));

const OPTIMISED = "viaIR: true,\n      optimizer: { enabled: true, runs: 1000 },";
const QUICK = "viaIR: false,\n      optimizer: { enabled: false },";

/**
 * Copies contracts and tests; the caller removes the copy.
 *
 * @param options.isQuick Without the optimiser: a fifth of the time, for suites that compile so.
 */
export function copySuites({ isQuick = false } = {}): SuiteCopy {
  const copy = mkdtempSync(join(tmpdir(), "commonweight-faults-"));
  for (const path of ["contracts", "test/contracts", "test/vectors"]) {
    cpSync(join(root, path), join(copy, path), { recursive: true });
  }
  for (const path of ["hardhat.config.ts", "package.json", "tsconfig.json"]) {
    cpSync(join(root, path), join(copy, path));
  }
  if (isQuick) {
    const config = readFileSync(join(copy, "hardhat.config.ts"), "utf8");
    if (!config.includes(OPTIMISED)) throw new Error("hardhat.config.ts compiles in another way");
    writeFileSync(join(copy, "hardhat.config.ts"), config.replace(OPTIMISED, QUICK));
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  return {
    read: (file) => readFileSync(join(copy, "contracts", file), "utf8"),
    write: (file, source) => writeFileSync(join(copy, "contracts", file), source),
    run: (suite) => run(copy, suite),
    remove: () => rmSync(copy, { recursive: true, force: true }),
  };
}

/** Linked libraries are found among compiled contracts, so those are built first. */
function run(copy: string, suite: string): SuiteRun {
  const hardhat = join(root, "node_modules/hardhat/dist/src/cli.js");
  const call = (...args: string[]) =>
    spawnSync(process.execPath, [hardhat, ...args], { cwd: copy, encoding: "utf8" });
  const needsLibraries = suite.startsWith("TrainingMarket");
  if (needsLibraries) {
    const built = call("build", "--no-tests");
    if (built.status !== 0)
      return { result: "broken", failing: [], output: built.stdout + built.stderr };
  }
  const { status, stdout, stderr } = call("test", "solidity", `test/contracts/${suite}`);
  const output = stdout + stderr;
  if (/ (\d+) passing/.exec(output) === null) return { result: "broken", failing: [], output };
  const failing = [...output.matchAll(/^\s+\d+\) (test\w+|invariant\w+)/gm)].map(
    ([, name]) => name as string,
  );
  return { result: status === 0 ? "green" : "red", failing, output };
}
