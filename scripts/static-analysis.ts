/**
 * `npm run static-analysis`: Slither over the contracts. Every finding has to be one that was read before
 * (`static-analysis/reviewed-findings.ts`). Slither is a Python program: `pip install slither-analyzer`.
 */
import { isSlitherInstalled, runSlither } from "./static-analysis/run-slither.ts";

if (!isSlitherInstalled()) {
  process.stderr.write("slither is not installed: pip install slither-analyzer\n");
  process.exit(2);
}
const findings = runSlither();
const news = findings.filter(({ reviewed }) => reviewed === undefined);
for (const { check, impact, place, reviewed } of findings.filter(
  (finding) => finding.reviewed !== undefined,
)) {
  process.stdout.write(`reviewed  ${impact.padEnd(6)}  ${check} in ${place}: ${reviewed}\n`);
}
for (const { impact, description } of news)
  process.stdout.write(`NEW       ${impact}  ${description}\n`);
process.stdout.write(`${findings.length} findings, ${news.length} not reviewed\n`);
process.exit(news.length === 0 ? 0 : 1);
