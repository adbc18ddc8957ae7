import * as dagJson from "@ipld/dag-json";
import type { ContentStore, GetOptions, PutOptions } from "../../protocol/content-store.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import {
  MAX_MANIFEST_BYTES,
  type Manifest,
  parseManifest,
} from "../../protocol/manifest/manifest.ts";
import { manifestErrors } from "../../protocol/manifest/manifest-errors.ts";

/** A manifest as dag-json: keys sorted, no white space, so that equal manifests have equal CIDs. */
export function encodeManifest(manifest: Manifest): Uint8Array {
  const bytes = dagJson.encode(parseManifest(manifest));
  if (bytes.length > MAX_MANIFEST_BYTES)
    throw new CommonweightError(manifestErrors.tooLarge, `${bytes.length} bytes`);
  return bytes;
}

/**
 * Reads a manifest from dag-json and validates it against its schema.
 *
 * @throws CommonweightError CW1200 above 64 KiB, CW1201 for another version, CW1202 naming the first field that is wrong.
 */
export function decodeManifest(bytes: Uint8Array): Manifest {
  if (bytes.length > MAX_MANIFEST_BYTES)
    throw new CommonweightError(manifestErrors.tooLarge, `${bytes.length} bytes`);
  let value: unknown;
  try {
    value = dagJson.decode(bytes);
  } catch (cause) {
    throw new CommonweightError(manifestErrors.malformed, "not dag-json", { cause });
  }
  return parseManifest(value);
}

/** Publishes a manifest; its CID goes into the contract. */
export async function putManifest(
  store: Pick<ContentStore, "put">,
  manifest: Manifest,
  options: PutOptions = {},
): Promise<string> {
  return store.put(encodeManifest(manifest), { ...options, codec: "dag-json" });
}

/** Fetches and validates a manifest; never downloads more than 64 KiB of it. */
export async function getManifest(
  store: Pick<ContentStore, "get">,
  cid: string,
  options: GetOptions = {},
): Promise<Manifest> {
  return decodeManifest(await store.get(cid, { ...options, maxBytes: MAX_MANIFEST_BYTES }));
}
