import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { repositoryRoot } from "../../scripts/repository.ts";
import { filesBelow } from "./source-files.ts";

/**
 * How a shell block of the documentation is kept true:
 * - "```sh" is run as it stands by `test/docs/shell-blocks.test.ts`, in the repository's root;
 * - "```sh test=<path>" is run by the named test, which mentions the page it follows;
 * - "```sh illustrative: <reason>" is not run, and says why.
 */
export interface ShellBlock {
  /** The page, below the root. */
  readonly page: string;
  /** Line of the opening fence, from 1. */
  readonly line: number;
  readonly language: string;
  /** What follows the language on the fence line. */
  readonly marker: string;
  readonly script: string;
}

/** Languages that readers take for a shell; only `sh` is allowed, so that no block escapes. */
export const SHELL_LANGUAGES = ["sh", "bash", "shell", "console", "zsh", "shell-session"];

/** The shell blocks of one page of Markdown. */
export function shellBlocksOf(page: string, markdown: string): ShellBlock[] {
  const lines = markdown.split("\n");
  const blocks: ShellBlock[] = [];
  let open:
    | { line: number; language: string; marker: string; fence: string; body: string[] }
    | undefined;
  for (const [index, text] of lines.entries()) {
    const fence = text.match(/^\s*(`{3,})(\S*)\s*(.*)$/);
    if (open === undefined) {
      if (fence === null) continue;
      const [, ticks = "", language = "", marker = ""] = fence;
      open = { line: index + 1, language, marker: marker.trim(), fence: ticks, body: [] };
    } else if (text.trim() === open.fence) {
      const { body, fence: _, ...rest } = open;
      if (SHELL_LANGUAGES.includes(open.language)) {
        blocks.push({ page, ...rest, script: body.join("\n") });
      }
      open = undefined;
    } else {
      open.body.push(text);
    }
  }
  return blocks;
}

/** Every page a reader may take commands from. */
export async function documentationPages(): Promise<string[]> {
  const atRoot = ["README.md", "CONTRIBUTING.md", "SECURITY.md"];
  const examples = await filesBelow("examples", /\.md$/);
  return [...atRoot, ...(await filesBelow("docs", /\.md$/)), ...examples];
}

/** The shell blocks of all pages. */
export async function readShellBlocks(): Promise<ShellBlock[]> {
  const pages = await documentationPages();
  const blocks = await Promise.all(
    pages.map(async (page) =>
      shellBlocksOf(page, await readFile(join(repositoryRoot, page), "utf8")),
    ),
  );
  return blocks.flat();
}
