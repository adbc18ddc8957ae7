import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { repositoryRoot } from "../../scripts/repository.ts";

/** A TypeScript file and what it imports. */
export interface SourceFile {
  /** Below the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** Specifiers as written: `./x.ts`, `ethers`, `node:fs`. */
  readonly imports: readonly string[];
}

const SKIPPED = new Set([
  "node_modules",
  "dist",
  "generated",
  "artifacts",
  "cache",
  ".node",
  ".git",
]);

/** Every file below a folder whose name matches, sorted; an absent folder has none. */
export async function filesBelow(folder: string, name: RegExp): Promise<string[]> {
  const entries = await readdir(join(repositoryRoot, folder), { withFileTypes: true }).catch(
    () => [],
  );
  const nested = await Promise.all(
    entries.map(async (entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : filesBelow(path, name);
      return name.test(entry.name) ? [path] : [];
    }),
  );
  return nested.flat().sort();
}

/** Comments may quote imports (`@example`); only code counts. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
}

/** The specifiers of static imports, re-exports and literal dynamic imports. */
export function importsOf(text: string): string[] {
  const code = withoutComments(text);
  const statements = code.matchAll(
    /(?:^|\n|;)\s*(?:import|export)\b[^"';]*?from\s*["']([^"']+)["']|(?:^|\n|;)\s*import\s*["']([^"']+)["']|\b(?:import|require|require\.resolve)\(\s*["']([^"']+)["']\s*\)/g,
  );
  return [...statements].flatMap(([, from, bare, called]) => from ?? bare ?? called ?? []);
}

/** Reads the TypeScript files of a folder. */
export async function readSourceFiles(folder: string): Promise<SourceFile[]> {
  const paths = await filesBelow(folder, /\.tsx?$/);
  return await Promise.all(
    paths.map(async (path) => {
      const text = await readFile(join(repositoryRoot, path), "utf8");
      return { path, text, imports: importsOf(text) };
    }),
  );
}

/** The path below the root that a relative import of `from` names. */
export function resolveImport(from: string, specifier: string): string {
  return relative(repositoryRoot, join(repositoryRoot, from, "..", specifier)).replaceAll(
    "\\",
    "/",
  );
}
