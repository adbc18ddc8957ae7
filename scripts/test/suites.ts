import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checks, runCheck } from "../check/checks.ts";
import { runNode } from "../repository.ts";
import type { SuiteResult } from "./tally.ts";
import { countVitestReport } from "./vitest-report.ts";

/** Runs `body` with a path for a report that a child process writes, and returns the report, if any. */
async function readReport(body: (reportPath: string) => Promise<number>): Promise<unknown> {
  const folder = await mkdtemp(join(tmpdir(), "commonweight-test-"));
  try {
    const reportPath = join(folder, "report.json");
    await body(reportPath);
    return JSON.parse(await readFile(reportPath, "utf8").catch(() => "null"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const crashed = (name: string): SuiteResult => ({
  name,
  passed: 0,
  failed: 1,
  notes: ["ended without a report; see its output above"],
});

/** Format, lint, types: each tool counts as one test. */
export async function runChecks(): Promise<SuiteResult> {
  const failedNames: string[] = [];
  for (const check of checks) {
    if (!(await runCheck(check))) failedNames.push(check.name);
  }
  return {
    name: "checks",
    passed: checks.length - failedNames.length,
    failed: failedNames.length,
    notes: failedNames.map((name) => `failed: ${name}`),
  };
}

/** Compiles the contracts and runs the Solidity tests. */
export async function runSolidity(): Promise<SuiteResult> {
  const name = "solidity";
  const report = (await readReport((path) => runNode(["scripts/test/solidity.ts", path]))) as {
    passed: number;
    failed: number;
    skipped: number;
  } | null;
  if (report === null) return crashed(name);
  const { passed, failed, skipped } = report;
  return { name, passed, failed, notes: skipped > 0 ? [`${skipped} skipped`] : [] };
}

/** Tests that run whole markets against the clock: nothing else runs beside them. */
const MARKET_FOLDERS = ["test/market/", "test/e2e/"];

async function vitest(name: string, args: readonly string[]): Promise<SuiteResult> {
  const report = await readReport((path) =>
    runNode([
      "node_modules/vitest/vitest.mjs",
      "run",
      "--reporter=default",
      "--reporter=json",
      `--outputFile.json=${path}`,
      ...args,
    ]),
  );
  return report === null ? crashed(name) : countVitestReport(name, report);
}

/** Runs the vitest files whose path contains one of the filters; without filters all but the markets. */
export function runVitest(filters: readonly string[]): Promise<SuiteResult> {
  const withoutMarkets = MARKET_FOLDERS.map((folder) => `--exclude=${folder}**`);
  return vitest("typescript", filters.length > 0 ? filters : withoutMarkets);
}

/** Runs the tests of whole markets, one file after the other. */
export function runMarkets(): Promise<SuiteResult> {
  return vitest("market", ["--maxWorkers=1", ...MARKET_FOLDERS]);
}
