import { readArguments, refuseArguments } from "./script-arguments.ts";
import { runChecks, runMarkets, runSolidity, runVitest } from "./test/suites.ts";
import { isGreen, type SuiteResult, summaryLines } from "./test/tally.ts";

const USAGE = `npm test: everything that can be wrong, in one run.

  npm test                         checks, Solidity tests, TypeScript tests, whole markets
  npm test -- --only typescript    one suite: checks, solidity, typescript or market
  npm test -- test/protocol        only the TypeScript tests below a path

  npm test -- --long               the long tier: more fuzzing, and the files *.long.test.ts`;

const { values, positionals } = readArguments(USAGE, {
  options: { only: { type: "string" }, long: { type: "boolean", default: false } },
  allowPositionals: true,
});

// The configurations of vitest and Hardhat read it, in processes of their own.
if (values.long) process.env.CW_LONG = "1";

/** Contracts come before TypeScript, whose tests read the artifacts that this compiles. */
const suites: Record<string, () => Promise<SuiteResult>> = {
  checks: runChecks,
  solidity: runSolidity,
  typescript: () => runVitest(positionals),
  market: runMarkets,
};

const only = values.only ?? (positionals.length > 0 ? "typescript" : undefined);
if (only !== undefined && !Object.hasOwn(suites, only)) {
  refuseArguments(`there is no suite "${only}"`, USAGE);
}
const selected = Object.keys(suites).filter((name) => only === undefined || name === only);

const results: SuiteResult[] = [];
for (const name of selected) {
  const run = suites[name];
  if (run === undefined) continue;
  results.push(
    await run().catch((error: unknown) => ({ name, passed: 0, failed: 1, notes: [String(error)] })),
  );
}

console.log("");
for (const line of summaryLines(results)) console.log(line);
process.exitCode = isGreen(results) ? 0 : 1;
