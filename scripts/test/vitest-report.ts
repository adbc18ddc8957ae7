import { z } from "zod";
import type { SuiteResult } from "./tally.ts";

/** The part of vitest's JSON report that we count. */
const reportSchema = z.object({
  success: z.boolean(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(z.object({ status: z.string() })),
    }),
  ),
});

/** Tests of something that most machines lack (a foreign IPFS node, say): they skip themselves there. */
const EXTERNAL = /\.external\.test\.ts$/;

/**
 * Counts vitest's JSON report file by file.
 *
 * - A file that could not be loaded, or in which no test ran, is one failure. Tests of the long
 *   tier therefore live in `*.long.test.ts`, which the short tier does not collect. A skipped
 *   `*.external.test.ts` is named as not run.
 * - A run that vitest itself calls unsuccessful without a failed test (an unhandled rejection)
 *   is one failure.
 *
 * @param report The parsed JSON report.
 */
export function countVitestReport(name: string, report: unknown): SuiteResult {
  const { success, testResults } = reportSchema.parse(report);
  const files = testResults.map((file) => {
    const count = (status: string) =>
      file.assertionResults.filter((test) => test.status === status).length;
    const passed = count("passed");
    const failed = count("failed");
    const skipped = file.assertionResults.length - passed - failed;
    const isAbsent = EXTERNAL.test(file.name) && passed + failed === 0 && skipped > 0;
    const isBroken = !isAbsent && failed === 0 && (passed === 0 || file.status === "failed");
    return { path: file.name, passed, failed: isBroken ? 1 : failed, skipped, isAbsent, isBroken };
  });
  const passed = files.reduce((sum, file) => sum + file.passed, 0);
  const failed = files.reduce((sum, file) => sum + file.failed, 0);
  const skipped = files.reduce((sum, file) => sum + file.skipped, 0);
  const isUnexplained = !success && failed === 0;
  return {
    name,
    passed,
    failed: failed + (isUnexplained ? 1 : 0),
    notes: [
      ...files.filter((file) => file.isBroken).map((file) => `no test passed in ${file.path}`),
      ...files.filter((file) => file.isAbsent).map((file) => `not run here: ${file.path}`),
      ...(isUnexplained ? ["vitest reports an error outside of the tests"] : []),
      ...(skipped > 0 ? [`${skipped} skipped, counted as neither`] : []),
    ],
  };
}
