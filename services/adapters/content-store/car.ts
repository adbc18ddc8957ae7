import { varint } from "multiformats";
import { CID } from "multiformats/cid";
import { contentStoreErrors } from "../../protocol/content-store.ts";
import { CommonweightError } from "../../protocol/errors.ts";

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

/**
 * Reads a CAR stream section by section. Nothing is verified: the reader checks each block against the CID it wanted.
 *
 * @param maxSectionBytes a section's announced length beyond this ends the reading before the section is buffered.
 * @throws CommonweightError CW2406 when the stream is not a CAR or ends inside a section.
 */
export async function* readCar(
  source: AsyncIterable<Uint8Array>,
  maxSectionBytes = 2 ** 22,
): AsyncGenerator<{ cid: CID; block: Uint8Array }> {
  let buffer: Uint8Array = new Uint8Array();
  let isHeader = true;
  for await (const chunk of source) {
    buffer = concatBytes([buffer, chunk]);
    for (;;) {
      const length = readLength(buffer, maxSectionBytes);
      if (length === undefined || buffer.length < length.prefixBytes + length.bytes) break;
      const section = buffer.subarray(length.prefixBytes, length.prefixBytes + length.bytes);
      buffer = buffer.subarray(length.prefixBytes + length.bytes);
      if (!isHeader) yield readSection(section);
      isHeader = false;
    }
  }
  if (isHeader || buffer.length > 0) throw malformed("ends inside a section");
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

function readLength(
  buffer: Uint8Array,
  maxBytes: number,
): { bytes: number; prefixBytes: number } | undefined {
  const end = buffer.findIndex((byte) => byte < 0x80);
  if (end < 0) {
    if (buffer.length > 9) throw malformed("bad length");
    return undefined;
  }
  const [bytes, prefixBytes] = varint.decode(buffer);
  if (bytes > maxBytes) throw malformed(`a section of ${bytes} bytes`);
  return { bytes, prefixBytes };
}

function readSection(section: Uint8Array): { cid: CID; block: Uint8Array } {
  try {
    const [cid, block] = CID.decodeFirst(section);
    return { cid, block };
  } catch (cause) {
    throw malformed(cause instanceof Error ? cause.message : String(cause));
  }
}

function withLength(bytes: Uint8Array): Uint8Array {
  const prefix = varint.encodeTo(bytes.length, new Uint8Array(varint.encodingLength(bytes.length)));
  return concatBytes([prefix, bytes]);
}

function malformed(reason: string): CommonweightError {
  return new CommonweightError(contentStoreErrors.malformed, `not a CAR file: ${reason}`);
}
