import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where inputs lie that are read as files; whoever runs the targets removes it. */
export const fuzzFolder = mkdtempSync(join(tmpdir(), "commonweight-fuzz-"));

/** After the last case. A worker of the test runner is ended from outside, so that this can't wait for its process to exit. */
export function removeFuzzFolder(): void {
  rmSync(fuzzFolder, { recursive: true, force: true });
}

/** Lets a reader of files read the input. */
export function fromFile<T>(name: string, read: (path: string) => T): (input: Uint8Array) => T {
  return (input) => {
    const path = join(fuzzFolder, name);
    writeFileSync(path, input);
    return read(path);
  };
}
