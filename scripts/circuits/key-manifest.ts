import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { repositoryRoot } from "../repository.ts";

/** Where the manifest lies, below the root. */
const KEY_MANIFEST = "circuits/keys/keys.json";

/** What is known about the key of one circuit. The same shape as `KeyRecord` in services/adapters/artifacts. */
export interface KeyRecord {
  readonly name: string;
  readonly ruleId: number;
  readonly slots: number;
  readonly constraints: number;
  /** See `sourceHash`. */
  readonly sourceHash: string;
  /** Whether some secret of the setup is public. */
  readonly isDevelopment: boolean;
  /** What the setup is, in words for people. */
  readonly label: string;
  /** sha256 of the files, unzipped. */
  readonly checksums: { readonly wasm: string; readonly zkey: string };
}

/** Reads the manifest; empty when there is none. */
export async function readKeyManifest(): Promise<KeyRecord[]> {
  const text = await readFile(join(repositoryRoot, KEY_MANIFEST), "utf8").catch(() => "[]");
  return JSON.parse(text) as KeyRecord[];
}

/** Writes one circuit's record in place of its last. */
export async function recordKey(record: KeyRecord): Promise<void> {
  const others = (await readKeyManifest()).filter(({ name }) => name !== record.name);
  const all = [...others, record].sort(
    (left, right) => left.ruleId - right.ruleId || left.slots - right.slots,
  );
  await writeFile(join(repositoryRoot, KEY_MANIFEST), `${JSON.stringify(all, null, 2)}\n`);
}
