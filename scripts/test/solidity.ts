/**
 * Runs the Solidity tests and writes their counts as JSON to the path given as argument.
 *
 *   node scripts/test/solidity.ts <report path>
 */
import { writeFile } from "node:fs/promises";
import hre from "hardhat";
import { z } from "zod";

const resultSchema = z.object({
  summary: z.object({ passed: z.number(), failed: z.number(), skipped: z.number() }),
});

const [reportPath] = process.argv.slice(2);
if (reportPath === undefined) throw new Error("usage: solidity.ts <report path>");

const profile = process.env.CW_LONG === undefined ? "default" : "long";
const result = (await hre.tasks.getTask(["test", "solidity"]).run({ testProfile: profile })) as {
  success: boolean;
  value?: unknown;
  error?: unknown;
};
const { passed, failed, skipped } = resultSchema.parse(
  result.success ? result.value : result.error,
).summary;
// An error of the runner itself, without a failed test, must not look green.
const failedAtLeast = result.success ? failed : Math.max(failed, 1);
await writeFile(reportPath, JSON.stringify({ passed, failed: failedAtLeast, skipped }));
