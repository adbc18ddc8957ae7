import { importFile } from "ipfs-unixfs-importer";
import { fixedSize } from "ipfs-unixfs-importer/chunker";
import { balanced } from "ipfs-unixfs-importer/layout";
import type { CID } from "multiformats/cid";
import {
  type ContentOptions,
  type ContentStore,
  contentStoreErrors,
  DEFAULT_MAX_CONTENT_BYTES,
  type GetOptions,
  type PutOptions,
} from "../../protocol/content-store.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { attempt, attemptWithRetries } from "./attempt.ts";
import { carHeader, carSection, concatBytes } from "./car.ts";
import { type LoadBlock, walkContent } from "./content-graph.ts";
import { BLOCK_CODECS, blockContentId, parseContentId, verifyBlock } from "./content-id.ts";
import { SharedLock } from "./shared-lock.ts";

/** What a place that keeps blocks must offer for {@link createBlockContentStore}. */
export interface BlockBackend {
  /** A block from here, or rejects. */
  readonly loadHere: LoadBlock;
  /** A block from here or from the network. */
  readonly load: LoadBlock;
  put(cid: CID, block: Uint8Array, signal?: AbortSignal): Promise<void>;
  deleteBlock(cid: CID): Promise<void>;
  /** CIDs of all blocks kept; codecs may be lost (only the hash counts). */
  blocks(): Promise<CID[]>;
  addPin(cid: string): Promise<void>;
  removePin(cid: string): Promise<void>;
  pins(): Promise<string[]>;
  /** Called before each attempt to fetch: dial the providers named, and redial what was lost. */
  prepareFetch?(providers: readonly string[], signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

const MAX_DAG_JSON_BYTES = 2 ** 20;

// The layout every CID of the project depends on: UnixFS profile of 2025 (CIDv1, raw leaves of 1 MiB, 1,024 links a node), as in Helia 7.
const IMPORT_LAYOUT = {
  cidVersion: 1,
  rawLeaves: true,
  layout: balanced({ maxChildrenPerNode: 1024 }),
  chunker: fixedSize({ chunkSize: 2 ** 20 }),
} as const;

/** Builds the whole {@link ContentStore} from a place that keeps blocks: files, limits, retries, pins by mark and sweep, CAR export. */
export function createBlockContentStore(backend: BlockBackend): ContentStore {
  // Collection excludes writers: a block that was just written and is not yet pinned must not be swept. Readers need no lock, since
  // they hold the blocks they have read.
  const lock = new SharedLock();

  /** Says that a block is not here in words of our own: a disk's would tell strangers who ask for it where this machine keeps files. */
  const loadHere: LoadBlock = async (id, signal) => {
    try {
      return await backend.loadHere(id, signal);
    } catch (cause) {
      if (cause instanceof CommonweightError || signal?.aborted) throw cause;
      const message = `block ${id.toString()} is not here`;
      throw new CommonweightError(contentStoreErrors.notFound, message, { cause });
    }
  };

  async function put(
    bytes: Uint8Array | AsyncIterable<Uint8Array>,
    options: PutOptions = {},
  ): Promise<string> {
    return lock.shared(() =>
      attempt("put", options, async (signal) => {
        const cid =
          options.codec === "dag-json"
            ? await putBlock(bytes, signal)
            : await putFile(bytes, options, signal);
        if (options.pin ?? true) await backend.addPin(cid.toString());
        return cid.toString();
      }),
    );
  }

  async function putFile(
    bytes: Uint8Array | AsyncIterable<Uint8Array>,
    options: PutOptions,
    signal: AbortSignal,
  ): Promise<CID> {
    const blockstore = {
      put: async (
        cid: CID,
        block: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
      ) => {
        signal.throwIfAborted();
        await backend.put(cid, block instanceof Uint8Array ? block : await collect(block), signal);
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
    bytes: Uint8Array | AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<CID> {
    const block = bytes instanceof Uint8Array ? bytes : await collect(bytes);
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

  async function* read(
    root: CID,
    options: GetOptions,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    let totalBytes: number | undefined;
    let doneBytes = 0;
    const walk = walkContent(root, backend.load, {
      signal,
      maxBytes: options.maxBytes ?? DEFAULT_MAX_CONTENT_BYTES,
      providers: options.providers,
      onSize: (bytes) => {
        totalBytes = bytes;
      },
    });
    for await (const { data } of walk) {
      doneBytes += data.length;
      options.onProgress?.({ doneBytes, totalBytes });
      if (data.length > 0) yield data;
    }
  }

  async function get(cid: string, options: GetOptions = {}): Promise<Uint8Array> {
    const root = parseContentId(cid);
    return attemptWithRetries(`get ${cid}`, options, async (signal) => {
      await backend.prepareFetch?.(options.providers ?? [], signal);
      return collect(read(root, options, signal));
    });
  }

  async function* stream(cid: string, options: GetOptions = {}): AsyncGenerator<Uint8Array> {
    const root = parseContentId(cid);
    const controller = new AbortController();
    const onAbort = () => controller.abort();
    options.signal?.addEventListener("abort", onAbort, { once: true });
    try {
      await attempt(`get ${cid}`, options, async (signal) =>
        backend.prepareFetch?.(options.providers ?? [], signal),
      );
      const pieces = read(root, options, controller.signal);
      for (;;) {
        const piece = await attempt(`get ${cid}`, options, () => pieces.next());
        if (piece.done) return;
        yield piece.value;
      }
    } finally {
      controller.abort();
      options.signal?.removeEventListener("abort", onAbort);
    }
  }

  /** Visits every block of content that is here; rejects at the first that is not. */
  async function* walkHere(cid: string, signal?: AbortSignal) {
    yield* walkContent(parseContentId(cid), loadHere, {
      signal,
      maxBytes: Number.MAX_SAFE_INTEGER,
    });
  }

  async function has(cid: string, options: ContentOptions = {}): Promise<boolean> {
    parseContentId(cid);
    return attempt(`has ${cid}`, options, (signal) => isHere(cid, signal));
  }

  async function isHere(cid: string, signal: AbortSignal): Promise<boolean> {
    try {
      for await (const _ of walkHere(cid, signal)) signal.throwIfAborted();
      return true;
    } catch {
      signal.throwIfAborted();
      return false;
    }
  }

  async function pin(cid: string, options: GetOptions = {}): Promise<void> {
    const root = parseContentId(cid);
    return attemptWithRetries(`pin ${cid}`, options, async (signal) => {
      await backend.prepareFetch?.(options.providers ?? [], signal);
      for (;;) {
        for await (const _ of read(root, options, signal)) signal.throwIfAborted();
        // Fetched without the lock, which a slow provider would hold for long; a collection may have come in between.
        const isPinned = await lock.shared(async () => {
          const isWhole = await isHere(cid, signal);
          if (isWhole) await backend.addPin(root.toString());
          return isWhole;
        });
        if (isPinned) return;
      }
    });
  }

  async function collectGarbage(options: ContentOptions = {}): Promise<number> {
    return lock.exclusive(() =>
      attempt("collect garbage", { timeoutMs: 600_000, ...options }, async (signal) => {
        const reached = new Set<string>();
        for (const pinned of await backend.pins()) {
          try {
            for await (const { cid } of walkHere(pinned, signal)) reached.add(hashKey(cid));
          } catch (cause) {
            // Going on would collect what is left of it.
            throw notWhole(pinned, cause);
          }
        }
        let removed = 0;
        for (const cid of await backend.blocks()) {
          signal.throwIfAborted();
          if (reached.has(hashKey(cid))) continue;
          await backend.deleteBlock(cid);
          removed++;
        }
        return removed;
      }),
    );
  }

  async function getBlock(cid: string, options: ContentOptions = {}): Promise<Uint8Array> {
    const id = parseContentId(cid);
    return attempt(`block ${cid}`, options, async (signal) => {
      const block = await loadHere(id, signal);
      await verifyBlock(id, block);
      return block;
    });
  }

  async function* exportCar(cid: string, options: ContentOptions = {}): AsyncGenerator<Uint8Array> {
    // The first block is read before anything is sent, so that a gateway can still answer "not found".
    const walk = walkHere(cid, options.signal);
    const first = await attempt(`export ${cid}`, options, () => walk.next());
    yield carHeader(parseContentId(cid));
    if (!first.done) yield carSection(first.value.cid, first.value.block);
    for await (const { cid: id, block } of walk) yield carSection(id, block);
  }

  return {
    put,
    get,
    stream,
    has,
    pin,
    collectGarbage,
    getBlock,
    exportCar,
    unpin: async (cid) => backend.removePin(parseContentId(cid).toString()),
    pins: () => backend.pins(),
    stop: () => backend.stop(),
  };
}

function notWhole(cid: string, cause: unknown): CommonweightError {
  const message = `pinned content ${cid} is not whole here: pin it again to fetch it, or unpin it`;
  return new CommonweightError(contentStoreErrors.notFound, message, { cause });
}

/** Joins what a stream of byte strings yields. */
async function collect(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of source) parts.push(part);
  return concatBytes(parts);
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

function hashKey(cid: CID): string {
  return Buffer.from(cid.multihash.bytes).toString("base64");
}
