import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type CompilerMode, createRebuilder, type Rebuilder } from "./rebuild-artifacts.ts";

/** Red needs a test that failed; what does not compile is broken. */
export interface SuiteRun {
  readonly result: "green" | "red" | "broken";
  readonly failing: readonly string[];
  readonly output: string;
}

/** A suite that can be asked what it says about changes of one source. */
export interface ChangeableSuite {
  /** Of the sources as they are: unless it is green, "red" means nothing. */
  readonly unchanged: SuiteRun;
  runWith(source: string): SuiteRun;
}

/** A temporary copy of the contracts and their tests, in which a source can be changed. */
export interface SuiteCopy {
  /** A file relative to contracts/. */
  read(file: string): string;
  /** @param suite Relative to test/contracts/. */
  open(suite: string, file: string): ChangeableSuite;
  remove(): void;
}

const root = fileURLToPath(new URL("../..", import.meta.url));
const MODES: readonly CompilerMode[] = ["legacy", "unoptimised", "configured"];
/** A change may make a loop endless; a compiled suite takes seconds. */
const LONGEST_RUN_MS = 180_000;

const OPTIMISER = "optimizer: { enabled: true, runs: 1000 },";
const NO_OPTIMISER = "optimizer: { enabled: false },";
const SMALL_ENOUGH = 'new Set(["2018", "5574", "3860"])';
const OWN_CODE_ONLY = 'file.startsWith("project/test/") && allowedInTests';

/**
 * Copies contracts and tests; the caller removes the copy. Everything is compiled without the optimiser, which takes a third of the
 * time; suites that need it, because they measure gas or sizes, get a copy with it.
 */
export function copySuites(): SuiteCopy {
  const folders = new Map<CompilerMode, string>();
  const folderOf = (mode: CompilerMode) => {
    const kind = mode === "configured" ? mode : "unoptimised";
    const folder = folders.get(kind) ?? copyFolder(kind);
    folders.set(kind, folder);
    return folder;
  };
  // The copy's: somebody may go on working on the contracts.
  const read = (file: string) =>
    readFileSync(join(folderOf("unoptimised"), "contracts", file), "utf8");
  const runs = new Map<string, SuiteRun>();
  const compiledOnce = (copy: string, path: string) => {
    const known = runs.get(`${copy} ${path}`) ?? compiled(copy, path);
    runs.set(`${copy} ${path}`, known);
    return known;
  };
  return {
    read,
    open(suite, file) {
      const path = `test/contracts/${suite}`;
      let unchanged: SuiteRun = { result: "broken", failing: [], output: "" };
      for (const mode of MODES) {
        const copy = folderOf(mode);
        unchanged = compiledOnce(copy, path);
        if (unchanged.result !== "green") continue;
        const rebuilder = createRebuilder(copy, path, `contracts/${file}`);
        const runWith = (source: string) => runRebuilt(copy, path, rebuilder, source, mode);
        unchanged = runWith(read(file));
        if (unchanged.result === "green") return { unchanged, runWith };
      }
      return { unchanged, runWith: () => unchanged };
    },
    remove: () => {
      for (const folder of folders.values()) rmSync(folder, { recursive: true, force: true });
    },
  };
}

function copyFolder(kind: "configured" | "unoptimised"): string {
  const copy = mkdtempSync(join(tmpdir(), "commonweight-mutants-"));
  for (const path of ["contracts", "test/contracts", "test/vectors"]) {
    cpSync(join(root, path), join(copy, path), { recursive: true });
  }
  for (const path of ["package.json", "tsconfig.json"]) cpSync(join(root, path), join(copy, path));
  let config = readFileSync(join(root, "hardhat.config.ts"), "utf8");
  if (![OPTIMISER, SMALL_ENOUGH, OWN_CODE_ONLY].every((part) => config.includes(part))) {
    throw new Error("hardhat.config.ts compiles in another way than this program expects");
  }
  if (kind === "unoptimised") {
    // Code that is not optimised may be larger than a chain takes.
    config = config.replace(OPTIMISER, NO_OPTIMISER).replace(OWN_CODE_ONLY, "allowedInTests");
  }
  writeFileSync(join(copy, "hardhat.config.ts"), config);
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  return copy;
}

/** Runs a suite on the sources as they are. Linked libraries are found among compiled contracts, so those are built first. */
function compiled(copy: string, path: string): SuiteRun {
  const built = call(copy, "build", "--no-tests");
  return built.result === "green" ? call(copy, "test", "solidity", path) : built;
}

function runRebuilt(
  copy: string,
  path: string,
  rebuilder: Rebuilder,
  source: string,
  mode: CompilerMode,
): SuiteRun {
  try {
    const failure = rebuilder.rebuild(source, mode);
    if (failure !== undefined) return { result: "broken", failing: [], output: failure };
    return call(copy, "test", "solidity", "--no-compile", path);
  } finally {
    rebuilder.restore();
  }
}

function call(copy: string, ...args: string[]): SuiteRun {
  const hardhat = join(root, "node_modules/hardhat/dist/src/cli.js");
  const { status, stdout, stderr, signal } = spawnSync(process.execPath, [hardhat, ...args], {
    ...{ cwd: copy, encoding: "utf8", killSignal: "SIGKILL" },
    ...(args.includes("--no-compile") ? { timeout: LONGEST_RUN_MS } : {}),
  });
  const output = stdout + stderr;
  if (signal !== null) {
    return { result: "red", failing: ["(the suite never ends)"], output };
  }
  const hasRun = args[0] === "build" || /\b[1-9]\d* passing/.test(output);
  if (status === 0 && hasRun) return { result: "green", failing: [], output };
  const failing = [...output.matchAll(/^\s+\d+\) (test\w+|invariant\w+|setUp)/gm)].map(
    ([, name]) => name as string,
  );
  return { result: failing.length > 0 ? "red" : "broken", failing, output };
}
