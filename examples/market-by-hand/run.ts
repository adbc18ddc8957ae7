/**
 * The market of docs/tutorial.md, driven by script: reads the page, opens a shell for each terminal it names, types its
 * commands, and compares what is printed with what the page shows.
 *
 *   npm run market-by-hand [-- page]
 */
import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { playSteps } from "./play-steps.ts";
import { readSteps } from "./read-steps.ts";

const repository = fileURLToPath(new URL("../..", import.meta.url));
const page = process.argv[2] ?? join(repository, "docs/tutorial.md");
const home = await mkdtemp(join(tmpdir(), "commonweight-tutorial-"));
console.log(`the market's folder is below ${home}`);

await playSteps(readSteps(await readFile(resolve(page), "utf8")), {
  folder: repository,
  environment: { PATH: process.env.PATH ?? "", HOME: home, NO_COLOR: "1" },
  stepMs: 300_000,
  onStep: ({ terminal, script }) => {
    console.log(`\n--- terminal ${terminal}\n${script.replace(/^/gm, "$ ")}`);
  },
  onOutput: (terminal, text) => process.stdout.write(text.replace(/^(?=.)/gm, `${terminal} | `)),
});
