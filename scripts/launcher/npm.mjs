import { basename } from "node:path";
import { runCollectingErrors } from "./child.mjs";
import { failureFrom, LauncherFailure, launcherErrors } from "./failure.mjs";

/** Settings of the user's npm that a nested npm must keep; the rest of `npm_*` describes the outer run. */
const KEPT =
  /^npm_config_(registry|cache|userconfig|globalconfig|proxy|https_proxy|noproxy|cafile|ca|strict_ssl|offline|prefer_offline|fetch_\w+)$/i;

/**
 * How every install of the launcher runs: no code of packages, no chatter, and an unreachable registry is noticed
 * in seconds, not in the minutes that npm allows itself.
 */
export const INSTALL_FLAGS = [
  "--ignore-scripts",
  "--no-audit",
  "--no-fund",
  "--loglevel=error",
  "--fetch-retry-mintimeout=1000",
  "--fetch-retry-maxtimeout=5000",
];

/** The environment without what the outer `npm run` added to it. */
export function environmentWithoutNpm(environment) {
  const entries = Object.entries(environment).filter(
    ([name]) => !/^npm_/i.test(name) || KEPT.test(name),
  );
  return Object.fromEntries(entries);
}

/**
 * How to call the npm that started us: its script with a Node of our choice, or `npm` on the PATH.
 *
 * @param {{ nodePath: string, npmScript?: string | undefined }} options
 */
function npmProgram({ nodePath, npmScript }) {
  const script = npmScript ?? process.env.npm_execpath;
  if (script !== undefined && basename(script) === "npm-cli.js") {
    return { program: nodePath, prefix: [script], shell: false };
  }
  const isWindows = process.platform === "win32";
  return { program: isWindows ? "npm.cmd" : "npm", prefix: [], shell: isWindows };
}

/**
 * Runs npm and turns its failure into one of ours.
 *
 * @param {readonly string[]} args
 * @param {{ nodePath: string, npmScript?: string, cwd: string, env: NodeJS.ProcessEnv }} options
 */
export async function runNpm(args, { nodePath, npmScript, cwd, env }) {
  const { program, prefix, shell } = npmProgram({ nodePath, npmScript });
  const result = await runCollectingErrors(program, [...prefix, ...args], {
    cwd,
    env,
    shell,
  }).catch((error) => {
    if (error.code === "ENOENT") throw new LauncherFailure(launcherErrors.npmMissing);
    throw failureFrom(String(error.code));
  });
  if (result.exitCode !== 0) throw failureFrom(result.errors);
}
