import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import type { ErrorDefinition } from "../../services/protocol/errors.ts";
import { repositoryRoot } from "../repository.ts";

/** One declared error, and where. */
export interface CatalogueEntry extends ErrorDefinition {
  /** Key in its table, e.g. `notReady`. */
  readonly name: string;
  /** File below the root that declares it. */
  readonly source: string;
}

/** A table of definitions, as `defineErrors` returns it. */
function isErrorTable(value: unknown): value is Record<string, ErrorDefinition> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const entries: unknown[] = Object.values(value);
  return (
    entries.length > 0 &&
    entries.every(
      (entry) =>
        typeof entry === "object" &&
        entry !== null &&
        "code" in entry &&
        typeof entry.code === "string" &&
        /^CW\d{4}$/.test(entry.code) &&
        "hint" in entry,
    )
  );
}

async function filesThatDeclareErrors(): Promise<string[]> {
  const folders = ["services", "web", "scripts/launcher"];
  const found: string[] = [];
  for (const folder of folders) {
    const entries = await readdir(join(repositoryRoot, folder), {
      recursive: true,
      withFileTypes: true,
    }).catch(() => []);
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name);
      const isSource = entry.isFile() && /\.(ts|mjs)$/.test(entry.name) && !path.includes("/dist/");
      if (!isSource) continue;
      const text = await readFile(path, "utf8");
      const declares =
        /\bdefineErrors\(\s*\[/.test(text) || /export const launcherErrors/.test(text);
      if (declares) found.push(path);
    }
  }
  return found.sort();
}

/** Every error code that some module declares, in the order of the codes. */
export async function readErrorCatalogue(): Promise<CatalogueEntry[]> {
  const catalogue: CatalogueEntry[] = [];
  for (const path of await filesThatDeclareErrors()) {
    const module = (await import(pathToFileURL(path).href)) as Record<string, unknown>;
    const tables = Object.values(module).filter(isErrorTable);
    if (tables.length === 0)
      throw new Error(`${path} declares errors but exports no table of them`);
    const source = relative(repositoryRoot, path);
    for (const table of tables) {
      for (const [name, { code, title, hint }] of Object.entries(table)) {
        catalogue.push({ name, source, code, title, hint });
      }
    }
  }
  return catalogue.sort((a, b) => a.code.localeCompare(b.code));
}
