import { getBytes } from "ethers";
import { CID } from "multiformats/cid";
import { contentStoreErrors } from "../../protocol/content-store.ts";
import { CommonweightError } from "../../protocol/errors.ts";

/** Decoding base 58 takes time with the square of the length, and strangers name CIDs, too. */
const MOST_CHARACTERS = 128;

/**
 * A CID as the contracts store it: in its binary form, which is two thirds of its text and costs as much less. None stays none.
 *
 * @throws CommonweightError CW2404 for text that is no CID.
 */
export function cidToBytes(cid: string): Uint8Array {
  if (cid === "") return new Uint8Array();
  try {
    if (cid.length > MOST_CHARACTERS) throw new RangeError(`${cid.length} characters`);
    return CID.parse(cid).bytes;
  } catch (cause) {
    const shown = JSON.stringify(cid.slice(0, 100));
    throw new CommonweightError(contentStoreErrors.badCid, `not a CID: ${shown}`, { cause });
  }
}

/** The text of a CID that came from the chain, where strangers write, too; empty when it is none. */
export function cidFromBytes(bytes: string | Uint8Array): string {
  try {
    return CID.decode(getBytes(bytes)).toString();
  } catch {
    return "";
  }
}
