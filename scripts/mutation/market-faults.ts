import { writeFileSync } from "node:fs";
import { readArguments } from "../script-arguments.ts";
import { type Fault, faults } from "./faults.ts";
import { copySuites } from "./suite-copy.ts";

const USAGE = `Shows that the market's Solidity tests can fail: plants one fault at a time and expects its suite to turn red.

  node scripts/mutation/market-faults.ts [--only <part of a suite's or fault's name>] [--json <file>]

Works in a temporary copy. First each suite must be green without a fault, or "red" would mean nothing.`;

const { values } = readArguments(USAGE, {
  options: { only: { type: "string" }, json: { type: "string" } },
});
const isWanted = ({ name, suite }: Fault) =>
  values.only === undefined || name.includes(values.only) || suite.includes(values.only);

const copy = copySuites();
const wanted = faults.filter(isWanted);
const rows: { fault: string; suite: string; caughtBy: readonly string[] }[] = [];
let isSound = wanted.length > 0;
try {
  for (const fault of wanted) {
    const source = copy.read(fault.file);
    if (source.split(fault.original).length !== 2) {
      isSound = false;
      console.error(`cannot plant "${fault.name}": its place is not there exactly once`);
      continue;
    }
    const suite = copy.open(fault.suite, fault.file);
    if (suite.unchanged.result !== "green") {
      isSound = false;
      console.error(`${fault.suite} is ${suite.unchanged.result} without any fault`);
      console.error(suite.unchanged.output.slice(-2000));
      continue;
    }
    const planted = suite.runWith(source.replace(fault.original, () => fault.planted));
    const isCaught = planted.result === "red";
    isSound &&= isCaught;
    rows.push({ fault: fault.name, suite: fault.suite, caughtBy: planted.failing });
    console.log(
      `${isCaught ? "caught  " : planted.result === "broken" ? "BROKEN  " : "SURVIVED"}  ${fault.name}  [${planted.failing.slice(0, 3).join(", ")}]`,
    );
    if (planted.result === "broken") console.error(planted.output.slice(-2000));
  }
} finally {
  copy.remove();
}
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
console.log(
  `${rows.filter(({ caughtBy }) => caughtBy.length > 0).length} of ${wanted.length} faults caught`,
);
if (!isSound) process.exitCode = 1;
