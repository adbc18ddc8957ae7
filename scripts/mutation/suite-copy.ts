import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
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

/** Copies contracts and tests, and what of them is compiled already; the caller removes the copy. */
export function copySuites(): SuiteCopy {
  const copy = mkdtempSync(join(tmpdir(), "commonweight-faults-"));
  for (const path of ["contracts", "test/contracts", "test/vectors", "artifacts", "cache"]) {
    if (existsSync(join(root, path)))
      cpSync(join(root, path), join(copy, path), { recursive: true });
  }
  for (const path of ["hardhat.config.ts", "package.json", "tsconfig.json"]) {
    cpSync(join(root, path), join(copy, path));
  }
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  const read = (file: string) => readFileSync(join(copy, "contracts", file), "utf8");
  let built: SuiteRun | undefined;
  return {
    read,
    open(suite, file) {
      const path = `test/contracts/${suite}`;
      // Linked libraries are found among compiled contracts, so those are built first.
      built ??= call(copy, "build", "--no-tests");
      const configured = built.result === "green" ? call(copy, "test", "solidity", path) : built;
      if (configured.result !== "green")
        return { unchanged: configured, runWith: () => configured };
      const rebuilder = createRebuilder(copy, path, `contracts/${file}`);
      for (const mode of MODES) {
        const unchanged = runRebuilt(copy, path, rebuilder, read(file), mode);
        if (unchanged.result !== "green" && mode !== "configured") continue;
        return {
          unchanged,
          runWith: (source) => runRebuilt(copy, path, rebuilder, source, mode),
        };
      }
      throw new Error("unreachable: the configured mode is the last");
    },
    remove: () => rmSync(copy, { recursive: true, force: true }),
  };
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
