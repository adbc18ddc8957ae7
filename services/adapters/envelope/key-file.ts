import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { CommonweightError } from "../../protocol/errors.ts";
import { encryptionKeyText } from "../../protocol/sealing/encryption-key-text.ts";
import {
  type EncryptionKeyPair,
  type Envelope,
  envelopeErrors,
} from "../../protocol/sealing/envelope.ts";
import { makeFolder } from "../make-folder.ts";

/**
 * The encryption key pair in a file that only its owner can read; made at the first call.
 *
 * Losing it means that bundles sealed to it stay shut, so back it up beside the account's keystore.
 *
 * @throws CW2501 when the file is not such a key pair.
 */
export async function loadEncryptionKeys(
  path: string,
  envelope: Envelope,
): Promise<EncryptionKeyPair> {
  if (existsSync(path)) return readEncryptionKeys(path);
  const keys = await envelope.generateKeyPair();
  makeFolder(dirname(path));
  writeFileSync(path, encryptionKeyText(keys), { mode: 0o600, flag: "wx" });
  return keys;
}

/** The encryption key pair in an existing file. @throws CW2501 when there is none, or it is not such a key pair. */
export function readEncryptionKeys(path: string): EncryptionKeyPair {
  try {
    const stored = JSON.parse(readFileSync(path, "utf8")) as Record<string, string>;
    const bytes = (name: string) => Uint8Array.from(Buffer.from(stored[name] ?? "", "hex"));
    const keys = { publicKey: bytes("publicKey"), privateKey: bytes("privateKey") };
    if (keys.publicKey.length !== 32 || keys.privateKey.length !== 32) throw new RangeError();
    return keys;
  } catch (cause) {
    throw new CommonweightError(envelopeErrors.badKey, `${path} holds no key pair`, { cause });
  }
}
