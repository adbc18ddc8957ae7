import { createHash } from "node:crypto";
import { access, readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { CommonweightError } from "../../protocol/errors.ts";
import { artifactErrors } from "./errors.ts";
import { KEY_FOLDER, type KeyRecord, readKeyRecord } from "./key-records.ts";

/** What proving a rule needs. */
export interface CircuitArtifacts {
  /** Witness calculator. */
  readonly wasm: Uint8Array;
  /** Groth16 proving key. */
  readonly provingKey: Uint8Array;
}

const unzip = promisify(gunzip);

async function readChecked(record: KeyRecord, suffix: "wasm" | "zkey", folder: URL) {
  const file = `${record.name}.${suffix}.gz`;
  const zipped = await readFile(new URL(file, folder)).catch((cause: unknown) => {
    throw new CommonweightError(artifactErrors.missing, file, { cause });
  });
  const bytes = await unzip(zipped).catch((cause: unknown) => {
    throw new CommonweightError(artifactErrors.damaged, file, { cause });
  });
  if (createHash("sha256").update(bytes).digest("hex") !== record.checksums[suffix]) {
    throw new CommonweightError(artifactErrors.damaged, `${file} has another checksum`);
  }
  return new Uint8Array(bytes);
}

/**
 * Reads what proving a rule needs, and checks it against the manifest: a wrong key costs minutes and proves nothing.
 *
 * @throws CommonweightError CW2100 when a file is not there, CW2101 when it is another one.
 */
export async function readCircuitArtifacts(
  ruleId: number,
  slotCount: number,
  folder: URL = KEY_FOLDER,
): Promise<CircuitArtifacts> {
  const record = await readKeyRecord(ruleId, slotCount, folder);
  const [wasm, provingKey] = await Promise.all([
    readChecked(record, "wasm", folder),
    readChecked(record, "zkey", folder),
  ]);
  return { wasm, provingKey };
}

/**
 * Looks whether what proving a rule needs is on this machine, without reading it: before a bond is put up for rounds that could not be
 * proven.
 *
 * @throws CommonweightError CW2100 with the name that `npm run circuits` takes.
 */
export async function requireCircuitFiles(
  ruleId: number,
  slotCount: number,
  folder: URL = KEY_FOLDER,
): Promise<void> {
  const { name } = await readKeyRecord(ruleId, slotCount, folder);
  for (const suffix of ["wasm", "zkey"]) {
    await access(new URL(`${name}.${suffix}.gz`, folder)).catch((cause: unknown) => {
      throw new CommonweightError(
        artifactErrors.missing,
        `rounds of ${slotCount} slots cannot be proven on this machine: make the key of ${name} with npm run circuits -- ${name}`,
        { cause },
      );
    });
  }
}

/**
 * Reads the verifying key of a rule, in the JSON of snarkjs. Browsers fetch the same file or read the key from the
 * contract, which is the one that counts.
 *
 * @throws CommonweightError CW2100 when it is not there.
 */
export async function readVerifyingKey(
  ruleId: number,
  slotCount: number,
  folder: URL = KEY_FOLDER,
): Promise<unknown> {
  const { name } = await readKeyRecord(ruleId, slotCount, folder);
  try {
    return JSON.parse(await readFile(new URL(`${name}.vkey.json`, folder), "utf8"));
  } catch (cause) {
    throw new CommonweightError(artifactErrors.missing, `${name}.vkey.json`, { cause });
  }
}
