import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { KeyRecord } from "../../services/adapters/artifacts/key-records.ts";
import { repositoryRoot } from "../repository.ts";

/** Where the manifest lies, below the root. */
const KEY_MANIFEST = "circuits/keys/keys.json";

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
