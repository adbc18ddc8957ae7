/**
 * `npm run circuits`: compiles circuits and makes their development keys, contracts included.
 *
 *   npm run circuits                          the circuits whose keys are kept here and have gone stale
 *   npm run circuits -- trust-32 trust-8      these circuits, stale or not
 *   npm run circuits -- --list                what there is
 *
 * Keys for real money: `node scripts/circuits/phase2.ts`, see docs/trusted-setup.md.
 */
import { parseArgs } from "node:util";
import { closeSnarkThreads } from "../services/adapters/snark/snark-threads.ts";
import { buildDevelopmentKey } from "./circuits/build-development-key.ts";
import { type CircuitEntry, readCircuitTable } from "./circuits/circuit-table.ts";
import { readKeyManifest } from "./circuits/key-manifest.ts";
import { sourceHash } from "./circuits/source-hash.ts";

const { values, positionals } = parseArgs({
  options: { list: { type: "boolean", default: false } },
  allowPositionals: true,
});

const table = await readCircuitTable();
const records = await readKeyManifest();

async function isStale(circuit: CircuitEntry): Promise<boolean> {
  const record = records.find(({ name }) => name === circuit.name);
  return record?.sourceHash !== (await sourceHash(circuit));
}

if (values.list) {
  for (const circuit of table) {
    const record = records.find(({ name }) => name === circuit.name);
    const state =
      record === undefined ? "not built" : (await isStale(circuit)) ? "stale" : "current";
    console.log(`${circuit.name.padEnd(14)} ${state.padEnd(10)} ${record?.label ?? ""}`);
  }
} else {
  const unknown = positionals.filter((name) => !table.some((circuit) => circuit.name === name));
  if (unknown.length > 0) throw new Error(`no such circuit: ${unknown.join(", ")}`);
  for (const circuit of table) {
    const isWanted =
      positionals.length > 0
        ? positionals.includes(circuit.name)
        : circuit.isCommitted && (await isStale(circuit));
    if (!isWanted) continue;
    await buildDevelopmentKey(circuit, (line) => console.log(line));
  }
}
await closeSnarkThreads();
