import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";

/** The files a page was built from: path below the repository's root, with slashes, to SHA-256. */
export type PageSources = Readonly<Record<string, string>>;

/** Beside the page, so that the record goes when the page goes. */
const RECORD = "sources.json";

function hashOf(path: string): string | undefined {
  try {
    return createHash("sha256").update(readFileSync(path)).digest("hex");
  } catch {
    return undefined;
  }
}

/**
 * The sources among the modules that a bundler has read: those of the repository, without packages, which the lock file stands for.
 *
 * @param modules Paths as the bundler names them; virtual modules and queries are understood.
 */
export function pageSources(root: string, modules: Iterable<string>): PageSources {
  const paths = new Set([join(root, "package-lock.json"), join(root, "web/vite.config.ts")]);
  for (const id of modules) {
    const path = id.split("?")[0] as string;
    if (path.startsWith("\0") || path.includes("node_modules")) continue;
    if (resolve(path).startsWith(resolve(root) + sep)) paths.add(resolve(path));
  }
  const entries = [...paths].sort().flatMap((path) => {
    const hash = hashOf(path);
    const name = relative(root, path).split(sep).join("/");
    return hash === undefined ? [] : [[name, hash] as const];
  });
  return Object.fromEntries(entries);
}

/** Writes down what the page in `folder` was built from. */
export function recordPageSources(folder: string, sources: PageSources): void {
  writeFileSync(join(folder, RECORD), `${JSON.stringify(sources, null, 2)}\n`);
}

/** Whether a build of today's sources would make the page that is in `folder`: every file it came from is as it was. */
export function isPageCurrent(root: string, folder: string): boolean {
  try {
    const sources = JSON.parse(readFileSync(join(folder, RECORD), "utf8")) as PageSources;
    readFileSync(join(folder, "index.html"));
    const entries = Object.entries(sources);
    return entries.length > 0 && entries.every(([name, hash]) => hashOf(join(root, name)) === hash);
  } catch {
    // No page, or one from before there were records.
    return false;
  }
}
