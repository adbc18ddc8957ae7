/**
 * Shows that the market's Solidity tests can fail: plants one fault at a time and expects its suite to turn red.
 *
 *   node scripts/mutation/market-faults.ts [--only <part of a suite's or fault's name>] [--json <file>]
 *
 * Works in a temporary copy. First each suite must be green without a fault, or "red" would mean nothing.
 */
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { type Fault, faults } from "./faults.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { values } = parseArgs({ options: { only: { type: "string" }, json: { type: "string" } } });
const isWanted = ({ name, suite }: Fault) =>
  values.only === undefined || name.includes(values.only) || suite.includes(values.only);

const copy = mkdtempSync(join(tmpdir(), "commonweight-faults-"));
for (const path of ["contracts", "test/contracts", "test/vectors"]) {
  cpSync(join(root, path), join(copy, path), { recursive: true });
}
for (const path of ["hardhat.config.ts", "package.json", "tsconfig.json"]) {
  cpSync(join(root, path), join(copy, path));
}
symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));

type Result = "green" | "red" | "broken";

/** Runs a suite of the copy. Linked libraries are found among compiled contracts, so those are built first. */
function run(suite: string): { result: Result; failing: readonly string[]; output: string } {
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

const wanted = faults.filter(isWanted);
const rows: { fault: string; suite: string; caughtBy: readonly string[] }[] = [];
let isSound = wanted.length > 0;
try {
  for (const suite of new Set(wanted.map((fault) => fault.suite))) {
    const { result, output } = run(suite);
    if (result !== "green") {
      isSound = false;
      console.error(`${suite} is ${result} without any fault\n${output.slice(-2000)}`);
      continue;
    }
    for (const fault of wanted.filter((each) => each.suite === suite)) {
      const path = join(copy, "contracts", fault.file);
      const source = readFileSync(path, "utf8");
      if (source.split(fault.original).length !== 2) {
        isSound = false;
        console.error(`cannot plant "${fault.name}": its place is not there exactly once`);
        continue;
      }
      writeFileSync(path, source.replace(fault.original, fault.planted));
      const planted = run(suite);
      writeFileSync(path, source);
      const isCaught = planted.result === "red" && planted.failing.length > 0;
      isSound &&= isCaught;
      rows.push({ fault: fault.name, suite, caughtBy: planted.failing });
      console.log(
        `${isCaught ? "caught  " : planted.result === "broken" ? "BROKEN  " : "SURVIVED"}  ${fault.name}  [${planted.failing.slice(0, 3).join(", ")}]`,
      );
      if (planted.result === "broken") console.error(planted.output.slice(-2000));
    }
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
console.log(
  `${rows.filter(({ caughtBy }) => caughtBy.length > 0).length} of ${wanted.length} faults caught`,
);
if (!isSound) process.exitCode = 1;
