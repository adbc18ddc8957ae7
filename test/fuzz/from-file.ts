import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where inputs lie that are read as files; gone when the process ends. */
export const fuzzFolder = mkdtempSync(join(tmpdir(), "commonweight-fuzz-"));
process.once("exit", () => rmSync(fuzzFolder, { recursive: true, force: true }));

/** Lets a reader of files read the input. */
export function fromFile<T>(name: string, read: (path: string) => T): (input: Uint8Array) => T {
  return (input) => {
    const path = join(fuzzFolder, name);
    writeFileSync(path, input);
    return read(path);
  };
}
