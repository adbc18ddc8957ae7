#!/usr/bin/env node
/**
 * `npm start`, `npm test` and the other scripts begin here: any Node from 18 on, no dependency.
 * Gets a new enough Node and the locked packages, then hands over to the task.
 *
 *   node scripts/launch.mjs <task> [arguments]
 */
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runForeground } from "./launcher/child.mjs";
import { LauncherFailure, launcherErrors } from "./launcher/failure.mjs";
import { withInstallLock } from "./launcher/install-lock.mjs";
import { obtainNode } from "./launcher/node-runtime.mjs";
import { installPackages } from "./launcher/packages.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/** Task name -> program below the root, with its first arguments. Those of `AT_ROOT` run in the root. */
const TASKS = {
  start: ["services/main.ts", "up"],
  commonweight: ["services/main.ts"],
  test: ["scripts/test.ts"],
  check: ["scripts/check.ts"],
  format: ["scripts/format.ts"],
  generate: ["scripts/generate.ts"],
  bench: ["bench/main.ts"],
  fuzz: ["test/fuzz/main.ts"],
  "static-analysis": ["scripts/static-analysis.ts"],
  licences: ["scripts/licences.ts"],
  circuits: ["scripts/circuits.ts"],
  screenshots: ["scripts/screenshots.ts"],
  web: ["scripts/web/build.ts"],
  "deploy-market": ["scripts/deploy/market.ts"],
  "market-by-hand": ["examples/market-by-hand/run.ts"],
  "try-trainer": ["examples/trainers/try-trainer.ts"],
  hardhat: ["node_modules/hardhat/dist/src/cli.js"],
  vitest: ["node_modules/vitest/vitest.mjs"],
};

const AT_ROOT = new Set(["hardhat", "vitest"]);

/** Progress goes to stderr: stdout belongs to the task. */
const log = (line) => process.stderr.write(`commonweight: ${line}\n`);

async function main([taskName, ...args]) {
  const task = TASKS[taskName];
  if (task === undefined) throw new LauncherFailure(launcherErrors.taskUnknown, taskName);
  if (Number(process.versions.node.split(".")[0]) < 18) {
    throw new LauncherFailure(launcherErrors.nodeTooOld, process.version);
  }
  const runtime = await withInstallLock({ root, log }, async () => {
    const obtained = await obtainNode({ root, log });
    await installPackages({ root, runtime: obtained, log });
    return obtained;
  });

  const [program, ...firstArgs] = task;
  const path = [...runtime.binFolders, join(root, "node_modules", ".bin"), process.env.PATH ?? ""];
  return await runForeground(
    runtime.nodePath,
    ["--disable-warning=ExperimentalWarning", join(root, program), ...firstArgs, ...args],
    {
      ...(AT_ROOT.has(taskName) ? { cwd: root } : {}),
      env: {
        // A market is a dozen programs of the same few hundred modules: compile them once.
        NODE_COMPILE_CACHE: join(root, "node_modules/.cache/commonweight"),
        ...process.env,
        PATH: path.join(delimiter),
      },
    },
  );
}

main(process.argv.slice(2)).then(
  (exitCode) => {
    process.exitCode = exitCode;
  },
  (error) => {
    const lines =
      error instanceof LauncherFailure
        ? [`${error.code}: ${error.message}`, `  ${error.hint}`]
        : [String(error?.stack ?? error)];
    process.stderr.write(`${lines.join("\n")}\n`);
    process.exitCode = 1;
  },
);
