import { spawn } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = `${root}web/dist`;
const buildScript = `${root}scripts/web/build.ts`;

/** What the page is made of. */
const SOURCES = [
  "web",
  "services/protocol",
  "services/adapters",
  "services/learning",
  "services/auditor",
  "circuits/keys",
  "package-lock.json",
];

/** Time of the newest file below a path, in milliseconds; built files do not count. */
export function newestChangeMs(path: string): number {
  const info = statSync(path, { throwIfNoEntry: false });
  if (info === undefined) return 0;
  if (!info.isDirectory()) return info.mtimeMs;
  return readdirSync(path)
    .filter((name) => name !== "dist" && name !== "node_modules")
    .reduce((newest, name) => Math.max(newest, newestChangeMs(`${path}/${name}`)), info.mtimeMs);
}

/**
 * Folder of the web page, built from today's sources: built now unless the last build is newer than all of them. Takes seconds, in
 * a process of its own. Undefined when it cannot be built: the market works without its page.
 */
export async function builtWebFolder(
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  const index = `${folder}/index.html`;
  const builtMs = existsSync(index) ? statSync(index).mtimeMs : 0;
  if (SOURCES.every((source) => newestChangeMs(`${root}${source}`) <= builtMs)) return folder;
  const lastLines: string[] = [];
  const code = await new Promise<number | null>((resolve) => {
    const child = spawn(process.execPath, [buildScript], {
      cwd: root,
      stdio: ["ignore", "ignore", "pipe"],
      signal,
    });
    child.stderr.on("data", (text) => lastLines.push(String(text)));
    child.once("error", () => resolve(-1));
    child.once("close", resolve);
  });
  if (code === 0) return folder;
  if (!signal.aborted) say(`the page could not be built: ${lastLines.join("").trim()}`);
  return undefined;
}
