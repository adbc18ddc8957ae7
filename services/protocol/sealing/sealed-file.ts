import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import { FieldReader, FieldWriter } from "../byte-fields.ts";
import { CommonweightError, defineErrors } from "../errors.ts";
import { isSameBytes } from "../same-bytes.ts";
import {
  type EncryptionKeyPair,
  type Envelope,
  leaveOutBadKey,
  SEAL_OVERHEAD_BYTES,
  TAG_BYTES,
} from "./envelope.ts";

const MAGIC = "CWSEALED";
const VERSION = 1;
const PURPOSE = "commonweight/sealed-file/v1";
const MAX_RECIPIENTS = 512;
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
    hint: "Private models are sealed to a project's owner, aggregators and trainers, under the keys registered at that time; who joined later is granted the key by an aggregator.",
  },
  cannotOpen: {
    code: "CW1823",
    title: "sealed file does not open",
    hint: "It was changed, belongs to another context, or was sealed wrongly. Its publisher must seal it again.",
  },
});

/** Bytes that sealing adds at most: the header, every reader's key, the tag. */
export const MAX_SEALED_OVERHEAD_BYTES = 81 + MAX_RECIPIENTS * (32 + KEY_BYTES) + TAG_BYTES;

/** What {@link sealFile} seals. */
export interface SealFileParameters {
  readonly envelope: Envelope;
  readonly plaintext: Uint8Array;
  /** X25519 keys of everybody who may read it, 1 to 512; repeated ones count once. */
  readonly recipients: readonly Uint8Array[];
  /** What the file is bound to, as {@link modelContext} writes it; needed again to open it. */
  readonly context: string;
}

/**
 * Seals a file to several readers under one key: a private project's models. Byte layout: `docs/formats.md`.
 *
 * A reader whose registered key is no usable one is left out, so that nobody can stop a model from being published by registering one.
 *
 * @throws RangeError when no reader is left, or there are more than 512.
 */
export async function sealFile({
  envelope,
  plaintext,
  recipients,
  context,
}: SealFileParameters): Promise<Uint8Array> {
  const key = envelope.randomBytes(32);
  const contextHash = sha256(utf8ToBytes(context));
  const entries: { recipient: Uint8Array; sealedKey: Uint8Array }[] = [];
  for (const recipient of distinct(recipients)) {
    const sealedKey = await sealKey({ envelope, key, recipient, contextHash }).catch(
      leaveOutBadKey,
    );
    if (sealedKey !== undefined) entries.push({ recipient, sealedKey });
  }
  if (entries.length < 1 || entries.length > MAX_RECIPIENTS)
    throw new RangeError(`${entries.length} readers`);
  const header = new FieldWriter()
    .bytes(utf8ToBytes(MAGIC), 8)
    .uint(VERSION, 1)
    .uint(entries.length, 2)
    .uint(plaintext.length, 6)
    .bytes(contextHash, 32)
    .bytes(sha256(key), 32);
  for (const { recipient, sealedKey } of entries)
    header.bytes(recipient, 32).bytes(sealedKey, KEY_BYTES);
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
  /** The file's key, sealed to this reader afterwards by {@link grantFileKey}: for one that the file does not name, or names with a key that is none. */
  readonly grant?: Uint8Array | undefined;
}

/** True when the bytes begin like a sealed file: a private project's model in place of a plain one. */
export function isSealedFile(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes.subarray(0, 8)) === MAGIC;
}

/** Opens a sealed file. @throws CommonweightError CW1820-CW1823. */
export async function openFile(parameters: OpenFileParameters): Promise<Uint8Array> {
  const { header, payload } = readSealedFile(parameters.bytes);
  const key = await openFileKey(parameters);
  return parameters.envelope
    .decryptOnce({ key, associated: header, ciphertext: payload })
    .catch((cause) => {
      throw refuse("authentication failed", cause);
    });
}

/**
 * Seals a file's key to one more reader, for whoever can open the file: 80 bytes that only this reader opens, and that cannot be
 * false, because the file names its key's hash.
 *
 * @throws CommonweightError CW1820-CW1823, CW2501 when the reader's key is no usable one.
 */
export async function grantFileKey(
  parameters: OpenFileParameters & { readonly recipient: Uint8Array },
): Promise<Uint8Array> {
  const { envelope, recipient, context } = parameters;
  const key = await openFileKey(parameters);
  return sealKey({ envelope, key, recipient, contextHash: sha256(utf8ToBytes(context)) });
}

/**
 * Says to whom a file is sealed, without opening it.
 *
 * @throws CommonweightError CW1820, CW1821, or CW1823 when it was sealed for something else.
 */
export function readersOf(bytes: Uint8Array, context: string): Uint8Array[] {
  const { contextHash, sealedKeys } = readSealedFile(bytes);
  requireContext(contextHash, context);
  return sealedKeys.map(({ recipient }) => recipient);
}

async function openFileKey(parameters: OpenFileParameters): Promise<Uint8Array> {
  const { envelope, bytes, keys, context, grant } = parameters;
  const { contextHash, keyHash, sealedKeys } = readSealedFile(bytes);
  requireContext(contextHash, context);
  const own = sealedKeys.find(({ recipient }) => isSameBytes(recipient, keys.publicKey));
  const sealed = grant ?? own?.sealedKey;
  if (sealed === undefined) throw new CommonweightError(sealedFileErrors.notAddressed);
  const key = await envelope
    .open({ privateKey: keys.privateKey, purpose: PURPOSE, associated: contextHash, sealed })
    .catch((cause) => {
      throw refuse("the key for this reader does not open", cause);
    });
  // Without it a publisher could give each reader another file under one CID.
  if (!isSameBytes(sha256(key), keyHash)) throw refuse("this reader's key is not the file's");
  return key;
}

function sealKey(parts: {
  readonly envelope: Envelope;
  readonly key: Uint8Array;
  readonly recipient: Uint8Array;
  readonly contextHash: Uint8Array;
}): Promise<Uint8Array> {
  const { envelope, key, recipient, contextHash } = parts;
  return envelope.seal({ recipient, purpose: PURPOSE, associated: contextHash, plaintext: key });
}

function requireContext(contextHash: Uint8Array, context: string): void {
  if (!isSameBytes(contextHash, sha256(utf8ToBytes(context))))
    throw refuse(`not sealed for ${context}`);
}

function refuse(reason: string, cause?: unknown): CommonweightError {
  return new CommonweightError(sealedFileErrors.cannotOpen, reason, { cause });
}

function distinct(keys: readonly Uint8Array[]): Uint8Array[] {
  return keys.filter((key, index) => keys.findIndex((each) => isSameBytes(each, key)) === index);
}

function readSealedFile(bytes: Uint8Array) {
  const reader = new FieldReader(bytes);
  try {
    if (new TextDecoder().decode(reader.bytes(8)) !== MAGIC)
      throw new RangeError("no sealed file's first bytes");
    const version = reader.uint(1);
    if (version !== VERSION)
      throw new CommonweightError(sealedFileErrors.unsupportedVersion, `version ${version}`);
    const recipientCount = reader.uint(2);
    if (recipientCount < 1 || recipientCount > MAX_RECIPIENTS)
      throw new RangeError(`${recipientCount} readers`);
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
