/**
 * Changes every operator and leaves out every statement of the only contract that holds money, one at a time, and lists the changes
 * that no test of its suite notices.
 *
 *   node scripts/mutation/market-mutants.ts [--only <part of a source's name>] [--json <file>]
 *
 * A survivor is a missing test or a change that makes no difference. The second kind is in `equivalent-mutants.ts` with its reason; the
 * program exits with 1 if there is another, or if one of those is caught.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { equivalentMutants } from "./equivalent-mutants.ts";
import { mutantsOf } from "./mutants.ts";
import { copySuites } from "./suite-copy.ts";

/** Sources through which money moves, and the suite that must notice; one that compiles quickly. */
const SUBJECTS = [{ file: "RewardVault.sol", suite: "RewardVault.t.sol" }] as const;

const { values } = parseArgs({ options: { only: { type: "string" }, json: { type: "string" } } });
const wanted = SUBJECTS.filter(({ file }) => file.includes(values.only ?? ""));
const copy = copySuites({ isQuick: true });
const rows: { file: string; line: number; original: string; mutated: string; result: string }[] =
  [];
let isSound = wanted.length > 0;
try {
  for (const { file, suite } of wanted) {
    const { result, output } = copy.run(suite);
    if (result !== "green") {
      isSound = false;
      console.error(`${suite} is ${result} without any change\n${output.slice(-2000)}`);
      continue;
    }
    const source = copy.read(file);
    for (const mutant of mutantsOf(source)) {
      copy.write(file, mutant.source);
      const { line, original, mutated } = mutant;
      const run = copy.run(suite).result;
      const reason = equivalentMutants.find(
        (each) => each.file === file && each.original === original && each.mutated === mutated,
      )?.reason;
      const outcome = { red: "caught", broken: "does not compile", green: "SURVIVED" }[run];
      isSound &&= (run === "green") === (reason !== undefined);
      rows.push({ file, line, original, mutated, result: outcome });
      if (run !== "green" && reason === undefined) continue;
      console.log(`${outcome}  ${file}:${line}  ${original}  ->  ${mutated || "(left out)"}`);
      console.log(`    ${reason ?? "no test notices"}`);
    }
    copy.write(file, source);
    const of = (wish: string) =>
      rows.filter((row) => row.file === file && row.result === wish).length;
    console.log(
      `${file}: ${of("caught")} caught, ${of("SURVIVED")} survived, ${of("does not compile")} do not compile`,
    );
  }
} finally {
  copy.remove();
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
if (!isSound) process.exitCode = 1;
