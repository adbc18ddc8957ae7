import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";

/** Bytes as `0x` and two lower-case digits each, as the chain and the aggregators' interface write them. */
export const toHex = (bytes: Uint8Array): string => `0x${bytesToHex(bytes)}`;

/** The inverse of {@link toHex}. @throws RangeError, SyntaxError or TypeError for text that is no such bytes. */
export const fromHex = (hex: string): Uint8Array => Uint8Array.from(hexToBytes(hex.slice(2)));
