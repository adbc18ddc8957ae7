import { importFile } from "ipfs-unixfs-importer";
import { fixedSize } from "ipfs-unixfs-importer/chunker";
import { balanced } from "ipfs-unixfs-importer/layout";
import type { CID } from "multiformats/cid";
import {
  type ContentOptions,
  contentStoreErrors,
  type PutOptions,
} from "../../protocol/content-store.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import type { BlockBackend } from "./block-backend.ts";
import { collectBytes } from "./collect-bytes.ts";
import { BLOCK_CODECS, blockContentId } from "./content-id.ts";

const MAX_DAG_JSON_BYTES = 2 ** 20;

// The layout every CID of the project depends on: UnixFS profile of 2025 (CIDv1, raw leaves of 1 MiB, 1,024 links a node), as in Helia 7.
const IMPORT_LAYOUT = {
  cidVersion: 1,
  rawLeaves: true,
  layout: balanced({ maxChildrenPerNode: 1024 }),
  chunker: fixedSize({ chunkSize: 2 ** 20 }),
} as const;

/** Bytes to be kept: at once, or as they come. */
export type ContentBytes = Uint8Array | AsyncIterable<Uint8Array>;

/**
 * Turns content into blocks and keeps them: a UnixFS file, or one dag-json block as `options.codec` says.
 *
 * @returns The CID of its root.
 * @throws CommonweightError CW2401 for a dag-json block above 1 MiB.
 */
export async function importContent(
  backend: Pick<BlockBackend, "put">,
  bytes: ContentBytes,
  options: PutOptions,
  signal: AbortSignal,
): Promise<CID> {
  if (options.codec === "dag-json") return putBlock(backend, bytes, signal);
  return putFile(backend, bytes, options, signal);
}

async function putFile(
  backend: Pick<BlockBackend, "put">,
  bytes: ContentBytes,
  options: PutOptions,
  signal: AbortSignal,
): Promise<CID> {
  const blockstore = {
    put: async (cid: CID, block: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>) => {
      signal.throwIfAborted();
      await backend.put(
        cid,
        block instanceof Uint8Array ? block : await collectBytes(block),
        signal,
      );
      return cid;
    },
  };
  const content = reportProgress(
    bytes instanceof Uint8Array ? sliced(bytes) : bytes,
    options,
    bytes instanceof Uint8Array ? bytes.length : undefined,
  );
  const { cid } = await importFile(
    { content },
    blockstore as Parameters<typeof importFile>[1],
    IMPORT_LAYOUT,
  );
  return cid;
}

async function putBlock(
  backend: Pick<BlockBackend, "put">,
  bytes: ContentBytes,
  signal: AbortSignal,
): Promise<CID> {
  const block = bytes instanceof Uint8Array ? bytes : await collectBytes(bytes);
  if (block.length > MAX_DAG_JSON_BYTES) {
    throw new CommonweightError(
      contentStoreErrors.tooLarge,
      `a manifest of ${block.length} bytes; at most ${MAX_DAG_JSON_BYTES} are allowed`,
    );
  }
  const cid = await blockContentId(block, BLOCK_CODECS.dagJson);
  await backend.put(cid, block, signal);
  return cid;
}

async function* sliced(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let offset = 0; offset < bytes.length; offset += 2 ** 20)
    yield bytes.subarray(offset, offset + 2 ** 20);
}

async function* reportProgress(
  source: AsyncIterable<Uint8Array>,
  options: ContentOptions,
  totalBytes?: number,
): AsyncGenerator<Uint8Array> {
  let doneBytes = 0;
  for await (const piece of source) {
    options.signal?.throwIfAborted();
    yield piece;
    doneBytes += piece.length;
    options.onProgress?.({ doneBytes, totalBytes });
  }
}
