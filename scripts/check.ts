/**
 * `npm run check`: format, lint and types of everything. Changes nothing; `npm run format` does.
 */
import { checks, runCheck } from "./check/checks.ts";

const failed: string[] = [];
for (const check of checks) {
  if (!(await runCheck(check))) failed.push(check.name);
}
console.log(failed.length === 0 ? "check: clean" : `check: failed: ${failed.join(", ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;
