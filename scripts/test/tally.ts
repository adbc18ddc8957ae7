/** What one suite did. */
export interface SuiteResult {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  /** Why a suite that has no failed test failed nevertheless, or what it left out. */
  readonly notes: readonly string[];
}

/**
 * A suite that looked at nothing proves nothing: it counts as one failure.
 */
function withEmptySuiteAsFailure(result: SuiteResult): SuiteResult {
  if (result.passed + result.failed > 0) return result;
  return { ...result, failed: 1, notes: [...result.notes, "ran no test"] };
}

/**
 * The lines printed at the end of a run. The last one is exactly `N passed, N failed`.
 */
export function summaryLines(results: readonly SuiteResult[]): string[] {
  const checked = results.map(withEmptySuiteAsFailure);
  const passed = checked.reduce((sum, { passed }) => sum + passed, 0);
  const failed = checked.reduce((sum, { failed }) => sum + failed, 0);
  // No suite at all is a failure, too.
  const failedTotal = checked.length === 0 ? 1 : failed;
  return [
    ...checked.flatMap((suite) => [
      `${suite.name}: ${suite.passed} passed, ${suite.failed} failed`,
      ...suite.notes.map((note) => `  ${note}`),
    ]),
    `${passed} passed, ${failedTotal} failed`,
  ];
}

/** True when nothing failed and something ran. */
export function isGreen(results: readonly SuiteResult[]): boolean {
  return (
    results.length > 0 && results.every((result) => withEmptySuiteAsFailure(result).failed === 0)
  );
}
