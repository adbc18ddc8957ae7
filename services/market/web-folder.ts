import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { isPageCurrent } from "./page-sources.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const folder = `${root}web/dist`;
const buildScript = `${root}scripts/web/build.ts`;

/**
 * Folder of the web page, built from today's sources: built now unless the last build came from the same files. Takes seconds, in a
 * process of its own. Undefined when it cannot be built: the market works without its page.
 */
export async function builtWebFolder(
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (isPageCurrent(root, folder)) return folder;
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
