import { toUtf8Bytes, toUtf8String } from "ethers";

/** A CID as the contracts store it: its text in UTF-8, readable in any block explorer. */
export const cidToBytes = (cid: string): Uint8Array => toUtf8Bytes(cid);

/** The text of a CID that came from the chain; empty when it is not text at all. */
export function cidFromBytes(bytes: string): string {
  try {
    return toUtf8String(bytes);
  } catch {
    return "";
  }
}
