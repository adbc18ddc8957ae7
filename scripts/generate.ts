import { generateContractBindings } from "./generate/contract-bindings.ts";
import { generateErrorPage } from "./generate/error-page.ts";
import { isCurrent, writeGenerated } from "./generate/generated-file.ts";
import { generatePerformancePicture } from "./generate/performance-picture.ts";
import { readArguments } from "./script-arguments.ts";

const USAGE = `npm run generate: makes every generated file that this repository keeps.

  npm run generate              writes what is out of date
  npm run generate -- --check   writes nothing; fails when something is out of date

The circuits' keys and verifiers have their own script (npm run circuits), because they take minutes.`;

const { values } = readArguments(USAGE, {
  options: { check: { type: "boolean", default: false } },
});

const files = [
  ...(await generateContractBindings()),
  ...(await generateErrorPage()),
  ...(await generatePerformancePicture()),
];
const changed: string[] = [];
for (const file of files) {
  const isChanged = values.check ? !(await isCurrent(file)) : await writeGenerated(file);
  if (isChanged) changed.push(file.path);
}

const verb = values.check ? "out of date" : "written";
for (const path of changed) console.log(`${verb}: ${path}`);
console.log(`generate: ${files.length} files, ${changed.length} ${verb}`);
if (values.check && changed.length > 0) process.exitCode = 1;
