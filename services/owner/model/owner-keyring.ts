import { join } from "node:path";
import { createHpkeEnvelope } from "../../adapters/envelope/hpke-envelope.ts";
import { readEncryptionKeys } from "../../adapters/envelope/key-file.ts";
import type { ModelKeyring } from "../../protocol/model/private-model.ts";

/**
 * What opens a project's models: nothing for public ones, otherwise the encryption key of the state folder or of `--key`.
 *
 * @throws the key file's own errors when a private project's key cannot be read.
 */
export function ownerKeyring(
  { modelVisibility }: { readonly modelVisibility: "public" | "private" },
  from: { readonly key: unknown; readonly stateFolder: string },
): ModelKeyring | undefined {
  if (modelVisibility === "public") return undefined;
  const path = String(from.key ?? join(from.stateFolder, "encryption-key.json"));
  return { envelope: createHpkeEnvelope(), keys: readEncryptionKeys(path) };
}
