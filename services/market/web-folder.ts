import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const configFile = fileURLToPath(new URL("../../web/vite.config.ts", import.meta.url));
const folder = fileURLToPath(new URL("../../web/dist", import.meta.url));

/**
 * Folder of the built web page; builds it first if need be, which takes seconds. Undefined when it cannot be built:
 * the market works without its page.
 */
export async function builtWebFolder(say: (text: string) => void): Promise<string | undefined> {
  if (existsSync(`${folder}/index.html`)) return folder;
  say("building the web page");
  try {
    const { build } = await import("vite");
    await build({ configFile, logLevel: "error" });
    return folder;
  } catch (error) {
    say(`the market starts without its web page: ${String(error)}`);
    return undefined;
  }
}
