import { writeFile } from "node:fs/promises";
import { DEVELOPMENT_KEY_WARNING } from "../services/adapters/curve/development-tau.ts";
import { closeSnarkThreads } from "../services/adapters/snark/snark-threads.ts";
import { buildDevelopmentKey } from "./circuits/build-development-key.ts";
import { readCircuitTable } from "./circuits/circuit-table.ts";
import { developmentPtau } from "./circuits/development-ptau.ts";
import { DEVELOPMENT_SECRETS } from "./circuits/development-secrets.ts";
import { readKeyManifest } from "./circuits/key-manifest.ts";
import { runPhase2 } from "./circuits/phase2.ts";
import { sourceHash } from "./circuits/source-hash.ts";
import { readArguments, refuseArguments } from "./script-arguments.ts";

const USAGE = `npm run circuits: compiles circuits and makes their development keys, contracts included.

  npm run circuits                          the circuits whose keys are kept here and have gone stale
  npm run circuits -- trust-32 trust-8      these circuits, stale or not
  npm run circuits -- --list                what there is

  npm run circuits -- phase2 ...            keys for real money: see docs/trusted-setup.md
  npm run circuits -- powers 15 file.ptau   a powers-of-tau file from the public development secrets, to rehearse with`;

const args = process.argv.slice(2);
if (args[0] === "phase2") await runPhase2(args.slice(1), console.log);
else if (args[0] === "powers") await writePowers(Number(args[1]), args[2]);
else await makeDevelopmentKeys();
await closeSnarkThreads();

async function makeDevelopmentKeys(): Promise<void> {
  const { values, positionals } = readArguments(USAGE, {
    args,
    options: { list: { type: "boolean", default: false } },
    allowPositionals: true,
  });
  const table = await readCircuitTable();
  const records = await readKeyManifest();
  const unknown = positionals.filter((name) => !table.some((circuit) => circuit.name === name));
  if (unknown.length > 0) refuseArguments(`no such circuit: ${unknown.join(", ")}`, USAGE);

  for (const circuit of table) {
    const record = records.find(({ name }) => name === circuit.name);
    const isStale = record?.sourceHash !== (await sourceHash(circuit));
    if (values.list) {
      const state = record === undefined ? "not built" : isStale ? "stale" : "current";
      console.log(`${circuit.name.padEnd(14)} ${state.padEnd(10)} ${record?.label ?? ""}`);
      continue;
    }
    const isWanted =
      positionals.length > 0 ? positionals.includes(circuit.name) : circuit.isCommitted && isStale;
    if (isWanted) await buildDevelopmentKey(circuit, (line) => console.log(line));
  }
}

async function writePowers(power: number, path: string | undefined): Promise<void> {
  if (path === undefined || !Number.isInteger(power) || power < 1 || power > 20) {
    refuseArguments("powers takes an exponent from 1 to 20, and a file", USAGE);
  }
  await writeFile(path, await developmentPtau(power, DEVELOPMENT_SECRETS));
  console.log(`${path}: 2^${power} powers of tau, ${DEVELOPMENT_KEY_WARNING}`);
}
