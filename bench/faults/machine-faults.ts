import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { MachineFaults } from "./fault-agent.ts";

const agent = new URL("./fault-agent.ts", import.meta.url).href;

/** Where the faults of a process's machine stand. */
const faultsPath = (folder: string, name: string) => join(folder, `${name}.faults.json`);

/** What a process is started with, so that {@link setMachineFaults} reaches it. */
export function faultEnvironment(folder: string, name: string): Readonly<Record<string, string>> {
  return {
    NODE_OPTIONS: `--import=${agent}`,
    COMMONWEIGHT_FAULTS: faultsPath(folder, name),
  };
}

/** Does this to a process's machine from now on; a sound machine without `faults`. */
export function setMachineFaults(folder: string, name: string, faults?: MachineFaults): void {
  const path = faultsPath(folder, name);
  if (faults === undefined) {
    rmSync(path, { force: true });
    return;
  }
  // In one step: the process reads while we write.
  writeFileSync(`${path}.new`, JSON.stringify(faults));
  renameSync(`${path}.new`, path);
}
