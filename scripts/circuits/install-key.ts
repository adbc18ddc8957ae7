import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { zKey } from "snarkjs";
import { writeGenerated } from "../generate/generated-file.ts";
import { repositoryRoot } from "../repository.ts";
import type { CircuitEntry } from "./circuit-table.ts";
import { recordKey } from "./key-manifest.ts";
import { readR1cs } from "./r1cs.ts";
import { type SnarkjsVerifyingKey, solidityKey } from "./solidity-key.ts";
import { sourceHash } from "./source-hash.ts";

const zip = promisify(gzip);
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** A finished key and where it comes from. */
export interface FinishedKey {
  readonly circuit: CircuitEntry;
  readonly zkey: Uint8Array;
  readonly wasm: Uint8Array;
  readonly r1cs: Uint8Array;
  readonly isDevelopment: boolean;
  readonly label: string;
}

/**
 * Puts a key where programs and contracts find it: zipped files and verifying key in `circuits/keys`, its record in the
 * manifest, the generated contract in `contracts/verifiers`.
 *
 * @throws Error when gamma is not the generator: the contract merges two pairings and relies on it.
 */
export async function installKey(key: FinishedKey): Promise<void> {
  const { circuit, zkey, wasm, r1cs, isDevelopment, label } = key;
  const folder = join(repositoryRoot, "circuits/keys");
  await mkdir(folder, { recursive: true });
  const verifyingKey = (await zKey.exportVerificationKey(zkey)) as SnarkjsVerifyingKey;
  if (JSON.stringify(verifyingKey.vk_gamma_2) === JSON.stringify(verifyingKey.vk_delta_2)) {
    throw new Error(`${circuit.name}: delta is gamma, as before the first contribution`);
  }
  await writeFile(
    join(folder, `${circuit.name}.vkey.json`),
    `${JSON.stringify(verifyingKey, null, 1)}\n`,
  );
  for (const [suffix, bytes] of Object.entries({ wasm, zkey })) {
    await writeFile(join(folder, `${circuit.name}.${suffix}.gz`), await zip(bytes, { level: 9 }));
  }
  await writeGenerated(solidityKey(circuit, verifyingKey));
  await recordKey({
    name: circuit.name,
    ruleId: circuit.ruleId,
    slots: circuit.slots,
    constraints: readR1cs(r1cs).constraints.length,
    sourceHash: await sourceHash(circuit),
    isDevelopment,
    label,
    checksums: { wasm: sha256(wasm), zkey: sha256(zkey) },
  });
}

/** Reads a file below the root. */
export async function readBelowRoot(path: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(join(repositoryRoot, path)));
}
