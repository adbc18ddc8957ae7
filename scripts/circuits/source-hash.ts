import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join, posix } from "node:path";
import { repositoryRoot } from "../repository.ts";

/** Our circuit files that a template is made of, itself included, sorted; paths below `circuits/`. */
export async function circuitSources(file: string): Promise<Map<string, string>> {
  const sources = new Map<string, string>();
  const pending = [file];
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (sources.has(path)) continue;
    const text = await readFile(join(repositoryRoot, "circuits", path), "utf8");
    sources.set(path, text);
    for (const [, include] of text.matchAll(/^include "(\.[^"]+)";/gm)) {
      pending.push(posix.join(posix.dirname(path), include as string));
    }
  }
  return new Map([...sources].sort(([left], [right]) => (left < right ? -1 : 1)));
}

async function installedVersion(name: string): Promise<string> {
  const path = join(repositoryRoot, "node_modules", name, "package.json");
  return (JSON.parse(await readFile(path, "utf8")) as { version: string }).version;
}

/**
 * Changes whenever a circuit may have changed: a hash of its sources without comments and white space, of its number of
 * slots, and of the versions of compiler and library.
 */
export async function sourceHash(circuit: { template: string; slots: number }): Promise<string> {
  const hash = createHash("sha256");
  hash.update(JSON.stringify([circuit.template, circuit.slots]));
  for (const name of ["circom2", "circomlib"])
    hash.update(`${name}@${await installedVersion(name)}`);
  for (const [path, text] of await circuitSources(`${circuit.template}.circom`)) {
    hash.update(
      JSON.stringify([
        path,
        text
          .replace(/\/\/.*$/gm, "")
          .replace(/\s+/g, " ")
          .trim(),
      ]),
    );
  }
  return hash.digest("hex");
}
