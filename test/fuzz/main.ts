import { readArguments, refuseArguments } from "../../scripts/script-arguments.ts";
import { removeFuzzFolder } from "./from-file.ts";
import { type FuzzResult, runTarget } from "./run-target.ts";
import { casesOf, fuzzTargets } from "./targets.ts";

process.once("exit", removeFuzzFolder);
const USAGE = `npm run fuzz: property-based fuzzing of every parser.

  npm run fuzz -- [--cases 1000000] [--seed 1] [--target <name>] [--json]

targets: ${fuzzTargets.map(({ name }) => `"${name}"`).join(", ")}`;
const { values } = readArguments(USAGE, {
  options: {
    cases: { type: "string", default: "1000000" },
    seed: { type: "string", default: "1" },
    target: { type: "string" },
    json: { type: "boolean", default: false },
  },
});
const total = Number(values.cases);
const seed = Number(values.seed);
const wanted = fuzzTargets.filter(
  ({ name }) => values.target === undefined || name === values.target,
);
if (!Number.isSafeInteger(total) || total < 1 || !Number.isSafeInteger(seed)) {
  refuseArguments("--cases and --seed take whole numbers", USAGE);
}
if (wanted.length === 0) refuseArguments(`there is no target "${values.target}"`, USAGE);

const results: FuzzResult[] = [];
for (const target of wanted) {
  const cases = values.target === undefined ? casesOf(target, total) : total;
  const result = await runTarget(target, { cases, seed });
  results.push(result);
  if (values.json) continue;
  const counts = `${String(result.cases).padStart(9)} cases, ${String(result.accepted).padStart(8)} accepted`;
  process.stdout.write(`${target.name.padEnd(32)} ${counts}${result.crash ? "  CRASH" : ""}\n`);
  if (result.crash)
    process.stdout.write(`  ${result.crash.error}\n  input: ${result.crash.inputHex}\n`);
}
const crashes = results.filter(({ crash }) => crash !== undefined).length;
const cases = results.reduce((sum, result) => sum + result.cases, 0);
process.stdout.write(
  values.json
    ? `${JSON.stringify({ seed, cases, crashes, results }, null, 2)}\n`
    : `${cases} cases, ${crashes} of ${results.length} targets crashed\n`,
);
process.exit(crashes === 0 ? 0 : 1);
