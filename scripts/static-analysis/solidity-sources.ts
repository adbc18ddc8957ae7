import { readdirSync, readFileSync } from "node:fs";
import { join, posix } from "node:path";
import { repositoryRoot } from "../repository.ts";

/** Every contract of this repository and every file it imports, by the path that imports name it with. */
export function soliditySources(): Map<string, string> {
  const sources = new Map<string, string>();
  const add = (path: string, folder: string) => {
    if (sources.has(path)) return;
    const content = readFileSync(join(repositoryRoot, folder, path), "utf8");
    sources.set(path, content);
    for (const [, imported = ""] of content.matchAll(/^import\b[^;]*?"([^"]+)";/gm)) {
      const isRelative = imported.startsWith(".");
      const resolved = isRelative ? posix.join(posix.dirname(path), imported) : imported;
      add(resolved, isRelative ? folder : "node_modules");
    }
  };
  const entries = readdirSync(join(repositoryRoot, "contracts"), {
    recursive: true,
    withFileTypes: true,
  });
  for (const entry of entries) {
    if (!entry.isFile() || !entry.name.endsWith(".sol")) continue;
    add(posix.join(entry.parentPath.slice(repositoryRoot.length), entry.name), "");
  }
  return sources;
}
