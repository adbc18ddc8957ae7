import { CID } from "multiformats/cid";
import { contentStoreErrors } from "./content-store.ts";
import { CommonweightError } from "./errors.ts";

/** Identifiers of sha2-256 blocks have 46 to 62 characters, by their base. */
const MOST_CHARACTERS = 128;

/**
 * Reads a CID from its text, of whatever version, codec and hash.
 *
 * @throws CommonweightError CW2404 for text that is none. Long text is refused unread: strangers name CIDs, and decoding base 58 takes
 * time with the square of the length, seconds for the 16 KB that fit into the address of a request.
 */
export function parseCid(text: string): CID {
  try {
    if (text.length > MOST_CHARACTERS) throw new RangeError(`${text.length} characters`);
    return CID.parse(text);
  } catch (cause) {
    const shown = JSON.stringify(text.slice(0, 100));
    throw new CommonweightError(contentStoreErrors.badCid, `not a CID: ${shown}`, { cause });
  }
}
