import { varint } from "multiformats";
import type { CID } from "multiformats/cid";

// {"roots":[…],"version":1} in DAG-CBOR: a map of two, the key "roots", an array of one CID (tag 42, bytes, leading 0), the key "version", 1.
const HEADER_START = [0xa2, 0x65, 0x72, 0x6f, 0x6f, 0x74, 0x73, 0x81, 0xd8, 0x2a, 0x58];
const HEADER_END = [0x67, 0x76, 0x65, 0x72, 0x73, 0x69, 0x6f, 0x6e, 0x01];

/** The header of a CAR (version 1) file with one root, with its length prefix. */
export function carHeader(root: CID): Uint8Array {
  const cid = root.bytes;
  return withLength(Uint8Array.from([...HEADER_START, cid.length + 1, 0, ...cid, ...HEADER_END]));
}

/** One section of a CAR: length, CID, block. */
export function carSection(cid: CID, block: Uint8Array): Uint8Array {
  return withLength(concatBytes([cid.bytes, block]));
}

/** Joins byte strings. */
export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

function withLength(bytes: Uint8Array): Uint8Array {
  const prefix = varint.encodeTo(bytes.length, new Uint8Array(varint.encodingLength(bytes.length)));
  return concatBytes([prefix, bytes]);
}
