import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

/**
 * Makes a folder and those above it that are missing; one that is there is left as it is.
 *
 * Node's own `recursive` never ends where a folder exists but takes no new ones and calls that "not found", as below `/proc` or in a
 * folder that was removed under a shell.
 *
 * @throws The system's error for the first folder that cannot be made.
 */
export function makeFolder(path: string): void {
  const missing: string[] = [];
  for (let at = resolve(path); !existsSync(at) && at !== dirname(at); at = dirname(at)) {
    missing.unshift(at);
  }
  // What is no folder has to be refused by the system's own error.
  if (missing.length === 0 && !statSync(path).isDirectory()) mkdirSync(path);
  for (const each of missing) {
    try {
      mkdirSync(each);
    } catch (error) {
      // Another process may have made it meanwhile.
      if (!existsSync(each) || !statSync(each).isDirectory()) throw error;
    }
  }
}
