import { littleEndianBytes } from "../../services/adapters/curve/scalar-bytes.ts";
import { SCALAR_FIELD } from "../../services/protocol/curve.ts";

/** A section of iden3's binary container, in which `.zkey`, `.ptau`, `.r1cs` and `.wtns` files come. */
export interface FileSection {
  readonly id: number;
  readonly content: Uint8Array;
}

/** Four bytes, lowest first. */
export function word32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

/** Joins byte strings. */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Writes sections behind a four-letter type and version 1. */
export function containerFile(
  type: "zkey" | "ptau",
  sections: readonly FileSection[],
): Uint8Array<ArrayBuffer> {
  const header = [new TextEncoder().encode(type), word32(1), word32(sections.length)];
  const body = sections.flatMap(({ id, content }) => {
    const size = new Uint8Array(8);
    new DataView(size.buffer).setBigUint64(0, BigInt(content.length), true);
    return [word32(id), size, content];
  });
  return concatenate([...header, ...body]);
}

/** A scalar in the double Montgomery form of a `.zkey`'s coefficients: `value * 2^512 mod p`. */
export function doubleMontgomery(value: bigint): Uint8Array {
  return littleEndianBytes((value << 512n) % SCALAR_FIELD);
}
