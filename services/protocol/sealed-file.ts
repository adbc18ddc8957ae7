import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { FieldReader, FieldWriter } from "./byte-fields.ts";
import {
  type EncryptionKeyPair,
  type Envelope,
  SEAL_OVERHEAD_BYTES,
  TAG_BYTES,
} from "./envelope.ts";
import { CommonweightError, defineErrors } from "./errors.ts";

const MAGIC = "CWSEALED";
const VERSION = 1;
const PURPOSE = "commonweight/sealed-file/v1";
const MAX_RECIPIENTS = 256;
const KEY_BYTES = 32 + SEAL_OVERHEAD_BYTES;

/** Why a sealed file cannot be used; codes 1820-1829. */
export const sealedFileErrors = defineErrors([1820, 1829], {
  malformed: {
    code: "CW1820",
    title: "not a sealed file, or one cut off",
    hint: "Fetch it again by its CID; if that does not help, its publisher made it so.",
  },
  unsupportedVersion: {
    code: "CW1821",
    title: "sealed file of an unknown version",
    hint: "Update this program; if it is up to date, the file is malformed.",
  },
  notAddressed: {
    code: "CW1822",
    title: "sealed file not addressed to this key",
    hint: "Private models are sealed to the trainers and the owner with the keys registered at that time.",
  },
  cannotOpen: {
    code: "CW1823",
    title: "sealed file does not open",
    hint: "It was changed, belongs to another context, or was sealed wrongly. Its publisher must seal it again.",
  },
});

/** What {@link sealFile} seals. */
export interface SealFileParameters {
  readonly envelope: Envelope;
  readonly plaintext: Uint8Array;
  /** X25519 keys of everybody who may read it, 1 to 256: a private project's trainers and owner. */
  readonly recipients: readonly Uint8Array[];
  /** What the file is bound to, as in `model:31337:0x…:7:3`; needed again to open it. */
  readonly context: string;
}

/** Seals a file to several readers under one key: a private project's models. Byte layout: `docs/formats.md`. */
export async function sealFile({
  envelope,
  plaintext,
  recipients,
  context,
}: SealFileParameters): Promise<Uint8Array> {
  if (recipients.length < 1 || recipients.length > MAX_RECIPIENTS)
    throw new RangeError(`${recipients.length} recipients`);
  const key = envelope.randomBytes(32);
  const contextHash = sha256(utf8ToBytes(context));
  const header = new FieldWriter()
    .bytes(utf8ToBytes(MAGIC), 8)
    .uint(VERSION, 1)
    .uint(recipients.length - 1, 1)
    .uint(plaintext.length, 6)
    .bytes(contextHash, 32)
    .bytes(sha256(key), 32);
  for (const recipient of recipients) {
    const sealedKey = await envelope.seal({
      recipient,
      purpose: PURPOSE,
      associated: contextHash,
      plaintext: key,
    });
    header.bytes(recipient, 32).bytes(sealedKey, KEY_BYTES);
  }
  const headerBytes = header.finish();
  return concatBytes(
    headerBytes,
    await envelope.encryptOnce({ key, associated: headerBytes, plaintext }),
  );
}

/** What {@link openFile} opens. */
export interface OpenFileParameters {
  readonly envelope: Envelope;
  readonly bytes: Uint8Array;
  readonly keys: EncryptionKeyPair;
  readonly context: string;
}

/** True when the bytes begin like a sealed file: a private project's model in place of a plain one. */
export function isSealedFile(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes.subarray(0, 8)) === MAGIC;
}

/** Opens a sealed file. @throws CommonweightError CW1820-CW1823. */
export async function openFile({
  envelope,
  bytes,
  keys,
  context,
}: OpenFileParameters): Promise<Uint8Array> {
  const { header, contextHash, keyHash, sealedKeys, payload } = readSealedFile(bytes);
  const sealed = sealedKeys.find(({ recipient }) => isEqual(recipient, keys.publicKey))?.sealedKey;
  if (sealed === undefined) throw new CommonweightError(sealedFileErrors.notAddressed);
  const refuse = (reason: string, cause?: unknown) =>
    new CommonweightError(sealedFileErrors.cannotOpen, reason, { cause });
  if (!isEqual(contextHash, sha256(utf8ToBytes(context))))
    throw refuse(`not sealed for ${context}`);
  const key = await envelope
    .open({ privateKey: keys.privateKey, purpose: PURPOSE, associated: contextHash, sealed })
    .catch((cause) => {
      throw refuse("the key for this reader does not open", cause);
    });
  // Without it a publisher could give each reader another file under one CID.
  if (!isEqual(sha256(key), keyHash)) throw refuse("this reader's key is not the file's");
  return envelope.decryptOnce({ key, associated: header, ciphertext: payload }).catch((cause) => {
    throw refuse("authentication failed", cause);
  });
}

function readSealedFile(bytes: Uint8Array) {
  const reader = new FieldReader(bytes);
  try {
    if (new TextDecoder().decode(reader.bytes(8)) !== MAGIC)
      throw new RangeError("no sealed file's first bytes");
    const version = reader.uint(1);
    if (version !== VERSION)
      throw new CommonweightError(sealedFileErrors.unsupportedVersion, `version ${version}`);
    const recipientCount = reader.uint(1) + 1;
    const plaintextBytes = reader.uint(6);
    const contextHash = reader.bytes(32);
    const keyHash = reader.bytes(32);
    const sealedKeys = Array.from({ length: recipientCount }, () => ({
      recipient: reader.bytes(32),
      sealedKey: reader.bytes(KEY_BYTES),
    }));
    const header = bytes.slice(0, reader.offset);
    const payload = bytes.slice(reader.offset);
    if (payload.length !== plaintextBytes + TAG_BYTES)
      throw new RangeError(
        `${payload.length} payload bytes instead of ${plaintextBytes + TAG_BYTES}`,
      );
    return { header, contextHash, keyHash, sealedKeys, payload };
  } catch (error) {
    if (error instanceof RangeError)
      throw new CommonweightError(sealedFileErrors.malformed, error.message, { cause: error });
    throw error;
  }
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
