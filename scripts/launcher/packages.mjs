import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { requireDiskSpace } from "./disk-space.mjs";
import { failureFrom, LauncherFailure, launcherErrors } from "./failure.mjs";
import { environmentWithoutNpm, INSTALL_FLAGS, runNpm } from "./npm.mjs";

/** What an install takes on the disk, with some room (measured: see README, "What it weighs"). */
const NEEDED_BYTES = 1.2e9;

/** Where a finished install notes which lock file it was made from. */
const stampPathOf = (root) => join(root, "node_modules", ".commonweight-stamp");

function readLockFile(root) {
  try {
    const text = readFileSync(join(root, "package-lock.json"), "utf8");
    return {
      packages: JSON.parse(text).packages,
      hash: createHash("sha256").update(text).digest("hex"),
    };
  } catch (error) {
    throw new LauncherFailure(launcherErrors.lockFileMissing, String(error.code ?? error.name));
  }
}

function matches(list, value) {
  if (list === undefined) return true;
  const allowed = list.filter((entry) => !entry.startsWith("!"));
  return !list.includes(`!${value}`) && (allowed.length === 0 || allowed.includes(value));
}

/**
 * Says whether an install that somebody else made (say `npm ci` by hand) is the one of the lock
 * file. Optional packages for this platform count: an older npm drops them without a word.
 *
 * @param {Record<string, any>} locked `packages` of package-lock.json
 * @param {Record<string, any>} installed `packages` of node_modules/.package-lock.json
 */
export function isSameInstall(
  locked,
  installed,
  { platform = process.platform, arch = process.arch } = {},
) {
  return Object.entries(locked).every(([path, entry]) => {
    if (path === "") return true;
    const there = installed[path];
    if (there !== undefined) return there.version === entry.version;
    const isForHere = matches(entry.os, platform) && matches(entry.cpu, arch);
    // Another C library's build is no reason to install; npm names the library `libc`.
    const isOtherLibc = entry.libc !== undefined && !entry.libc.includes("glibc");
    const isNative = entry.os !== undefined || entry.cpu !== undefined;
    const isOptional = entry.optional === true || entry.peer === true;
    return isOptional && (!isNative || !isForHere || isOtherLibc);
  });
}

function isInstalled(root, lock) {
  const stampPath = stampPathOf(root);
  if (existsSync(stampPath) && readFileSync(stampPath, "utf8") === lock.hash) return true;
  const hiddenPath = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(hiddenPath)) return false;
  try {
    const installed = JSON.parse(readFileSync(hiddenPath, "utf8")).packages;
    const isSame = isSameInstall(lock.packages, installed);
    if (isSame) writeFileSync(stampPath, lock.hash);
    return isSame;
  } catch {
    return false; // a half-written file: install
  }
}

/**
 * Installs the packages of the lock file, unless they already are.
 *
 * No install script of any package runs: nothing here needs one, and it keeps a stolen package
 * from running code at install time.
 *
 * @param {{ root: string, runtime: { nodePath: string, npmScript?: string, binFolders: readonly string[] }, log: (line: string) => void }} options
 */
export async function installPackages({ root, runtime, log }) {
  const lock = readLockFile(root);
  if (isInstalled(root, lock)) return;

  requireDiskSpace(root, NEEDED_BYTES);
  log("Packages are installed once from package-lock.json (about a minute)");
  try {
    rmSync(stampPathOf(root), { force: true });
  } catch (error) {
    throw failureFrom(String(error.code));
  }
  const path = [...runtime.binFolders, process.env.PATH ?? ""];
  // Not `npm ci`: it refuses a lock file that does not name the optional native packages of every
  // platform, which npm leaves out when the registry it was made against does not carry them.
  await runNpm(["install", "--no-save", ...INSTALL_FLAGS], {
    ...runtime,
    cwd: root,
    env: { ...environmentWithoutNpm(process.env), PATH: path.join(delimiter) },
  });
  writeFileSync(stampPathOf(root), lock.hash);
}
