import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The root folder of the repository, with a trailing slash. */
export const repositoryRoot = fileURLToPath(new URL("..", import.meta.url));

/**
 * Runs a Node program of the repository in its root with our terminal.
 *
 * @param args Arguments of `node`: a script below the root and its own arguments.
 * @returns The exit code; 1 when a signal ended it.
 */
export function runNode(
  args: readonly string[],
  options: { environment?: Record<string, string> } = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: repositoryRoot,
      stdio: "inherit",
      env: { ...process.env, ...options.environment },
    });
    child.on("error", reject);
    child.on("exit", (code) => resolve(code ?? 1));
  });
}
