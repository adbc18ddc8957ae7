/**
 * Runs the Solidity tests and writes their counts as JSON to the path given as argument.
 *
 *   node scripts/test/solidity.ts <report path>
 */
import { writeFile } from "node:fs/promises";
import hre from "hardhat";
import { z } from "zod";

/** Hardhat's own summary stays zero when this runner is the only one; the suites are what ran. */
const resultSchema = z.object({
  suiteResults: z.array(
    z.object({ testResults: z.array(z.object({ name: z.string(), status: z.string() })) }),
  ),
});

const [reportPath] = process.argv.slice(2);
if (reportPath === undefined) throw new Error("usage: solidity.ts <report path>");

const profile = process.env.CW_LONG === undefined ? "ci" : "long";
const result = (await hre.tasks.getTask(["test", "solidity"]).run({ testProfile: profile })) as {
  success: boolean;
  value?: unknown;
  error?: unknown;
};
const { suiteResults } = resultSchema.parse(result.success ? result.value : result.error);
const statuses = suiteResults.flatMap(({ testResults }) => testResults.map(({ status }) => status));
const passed = statuses.filter((status) => status === "Success").length;
const skipped = statuses.filter((status) => status === "Skipped").length;
const failed = statuses.length - passed - skipped;
// An error of the runner itself, without a failed test, must not look green.
const failedAtLeast = result.success ? failed : Math.max(failed, 1);
await writeFile(reportPath, JSON.stringify({ passed, failed: failedAtLeast, skipped }));
