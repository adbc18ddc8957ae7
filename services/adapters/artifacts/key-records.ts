import { readFile } from "node:fs/promises";
import { CommonweightError } from "../../protocol/errors.ts";
import { artifactErrors } from "./errors.ts";

/** What is known about the key of one circuit: a record of `circuits/keys/keys.json`. */
export interface KeyRecord {
  /** Name of its files: `trust-16`. */
  readonly name: string;
  readonly ruleId: number;
  readonly slots: number;
  readonly constraints: number;
  /** Changes with the circuit's sources, the compiler or the library. */
  readonly sourceHash: string;
  /** Whether some secret of the setup is public. Then nothing is proven, because everybody can forge. */
  readonly isDevelopment: boolean;
  /** What the setup is, in words to show people. */
  readonly label: string;
  /** sha256 of the files, unzipped. */
  readonly checksums: { readonly wasm: string; readonly zkey: string };
}

/** Where keys lie unless a caller says otherwise. */
export const KEY_FOLDER: URL = new URL("../../../circuits/keys/", import.meta.url);

/** The records of all keys of a folder. @throws CommonweightError CW2100 when there is no manifest. */
export async function readKeyRecords(folder: URL = KEY_FOLDER): Promise<KeyRecord[]> {
  try {
    return JSON.parse(await readFile(new URL("keys.json", folder), "utf8")) as KeyRecord[];
  } catch (cause) {
    throw new CommonweightError(artifactErrors.missing, "keys.json", { cause });
  }
}

/** The record of a rule's key. @throws CommonweightError CW2100 when there is none. */
export async function readKeyRecord(
  ruleId: number,
  slotCount: number,
  folder: URL = KEY_FOLDER,
): Promise<KeyRecord> {
  const records = await readKeyRecords(folder);
  const record = records.find((known) => known.ruleId === ruleId && known.slots === slotCount);
  if (record === undefined) {
    throw new CommonweightError(
      artifactErrors.missing,
      `no key of rule ${ruleId} for ${slotCount} slots`,
    );
  }
  return record;
}
