import { sha256 as sha256InJavaScript } from "@noble/hashes/sha2.js";
import { CID } from "multiformats/cid";
import { create as createDigest } from "multiformats/hashes/digest";
import { contentStoreErrors } from "../../protocol/content-store.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { parseCid } from "../../protocol/parse-cid.ts";
import { isSameBytes } from "../../protocol/same-bytes.ts";

/** Multicodec numbers of the block formats that content may consist of. */
export const BLOCK_CODECS = { raw: 0x55, dagPb: 0x70, dagJson: 0x0129 } as const;

const SHA2_256 = 0x12;
const SHA2_256_BYTES = 32;

/**
 * Parses a CID and accepts only what the project publishes: sha2-256, and raw, dag-pb or dag-json blocks.
 *
 * @throws CommonweightError CW2404 for anything else. Identity hashes are refused with it: they would let a publisher put content
 * into an identifier that no size limit sees.
 */
export function parseContentId(cid: string): CID {
  const parsed = parseCid(cid);
  if (!isContentId(parsed)) {
    throw new CommonweightError(contentStoreErrors.badCid, `unsupported hash or codec in ${cid}`, {
      details: { cid },
    });
  }
  return parsed;
}

/**
 * Whether a CID names a block by the whole of its sha2-256, and one of the formats that content may consist of.
 *
 * Links within content have to be asked, too: whoever publishes a file may cut the hash of a link short, or off, so that any block
 * is the one that it names, and everybody who fetches the file can be sent another.
 */
export function isContentId({ code, multihash }: CID): boolean {
  const codecs: readonly number[] = Object.values(BLOCK_CODECS);
  return (
    multihash.code === SHA2_256 &&
    multihash.digest.length === SHA2_256_BYTES &&
    codecs.includes(code)
  );
}

/** The CIDv1 of a block: its codec and the sha2-256 of its bytes. */
export async function blockContentId(bytes: Uint8Array, codec: number): Promise<CID> {
  return CID.createV1(codec, createDigest(SHA2_256, await sha256(bytes)));
}

/** True when the bytes are what the CID stands for. */
export async function isBlockOf(cid: CID, bytes: Uint8Array): Promise<boolean> {
  return isContentId(cid) && isSameBytes(cid.multihash.digest, await sha256(bytes));
}

/** @throws CommonweightError CW2405 when the bytes are not what the CID stands for. */
export async function verifyBlock(cid: CID, bytes: Uint8Array): Promise<void> {
  if (await isBlockOf(cid, bytes)) return;
  throw new CommonweightError(contentStoreErrors.corrupt, `block does not match ${cid}`, {
    details: { cid: cid.toString() },
  });
}

/** By the platform; in JavaScript on pages that came over plain HTTP, where browsers withhold `crypto.subtle`. */
async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  const subtle: SubtleCrypto | undefined = globalThis.crypto.subtle;
  if (subtle === undefined) return sha256InJavaScript(bytes);
  return new Uint8Array(await subtle.digest("SHA-256", bytes as BufferSource));
}
