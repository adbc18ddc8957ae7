import { toHex } from "../hex.ts";
import type { EncryptionKeyPair } from "./envelope.ts";

/** A key pair as `encryption-key.json` of a state folder has it. */
export const encryptionKeyText = ({ publicKey, privateKey }: EncryptionKeyPair): string =>
  `${JSON.stringify({ publicKey: toHex(publicKey).slice(2), privateKey: toHex(privateKey).slice(2) })}\n`;
