import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../repository.ts";

/** A package of the lock file. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** SPDX expression as the package states it, or what {@link UNSTATED} knows. */
  readonly licence: string;
  readonly isDevelopmentOnly: boolean;
  readonly hasInstallScript: boolean;
}

/** Packages whose package.json names no licence: read in their files. */
const UNSTATED: Readonly<Record<string, string>> = {
  esprima: "BSD-2-Clause",
  memorystream: "MIT",
};

/**
 * Licences under which a package may be part of, or a tool of, a program under GPL-3.0-only: permissive ones, the weak copyleft of
 * MPL 2.0 (compatible by its section 3.3), and GPL 3 itself.
 */
const COMPATIBLE = new Set([
  "0BSD",
  "Apache-2.0",
  "Apache-2.0 WITH LLVM-exception",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "CC0-1.0",
  "GPL-3.0",
  "GPL-3.0-only",
  "GPL-3.0-or-later",
  "ISC",
  "LGPL-3.0",
  "LGPL-3.0-only",
  "MIT",
  "MPL 2.0",
  "MPL-2.0",
  "Python-2.0",
  "WTFPL",
]);

/** Whether one of the alternatives of an SPDX expression is compatible; a licence that is not known is not. */
export function isCompatible(licence: string): boolean {
  const alternatives = licence.replace(/^\((.*)\)$/, "$1").split(/ OR /);
  return alternatives.some((each) => COMPATIBLE.has(each.trim()));
}

/** Everything that `package-lock.json` locks, by name. */
export function readLicences(): LockedPackage[] {
  const { packages } = JSON.parse(
    readFileSync(join(repositoryRoot, "package-lock.json"), "utf8"),
  ) as {
    packages: Record<
      string,
      { version?: string; license?: string; dev?: boolean; hasInstallScript?: boolean }
    >;
  };
  return Object.entries(packages)
    .filter(([path]) => path !== "")
    .map(([path, { version = "", license, dev = false, hasInstallScript = false }]) => {
      const name = path.replace(/^.*node_modules\//, "");
      return {
        name,
        version,
        licence: license ?? UNSTATED[name] ?? "unknown",
        isDevelopmentOnly: dev,
        hasInstallScript,
      };
    })
    .sort((one, other) => one.name.localeCompare(other.name, "en"));
}
