import { getBytes } from "ethers";
import { CID } from "multiformats/cid";
import { parseCid } from "../../protocol/parse-cid.ts";

/**
 * A CID as the contracts store it: in its binary form, which is two thirds of its text and costs as much less. None stays none.
 *
 * @throws CommonweightError CW2404 for text that is no CID.
 */
export function cidToBytes(cid: string): Uint8Array {
  return cid === "" ? new Uint8Array() : parseCid(cid).bytes;
}

/** The text of a CID that came from the chain, where strangers write, too; empty when it is none. */
export function cidFromBytes(bytes: string | Uint8Array): string {
  try {
    return CID.decode(getBytes(bytes)).toString();
  } catch {
    return "";
  }
}
