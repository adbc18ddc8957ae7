import type { CID } from "multiformats/cid";
import {
  type CollectedGarbage,
  type ContentOptions,
  type ContentStore,
  contentStoreErrors,
  DEFAULT_MAX_CONTENT_BYTES,
  type GetOptions,
  type HolderOptions,
  type Pin,
  type PutOptions,
} from "../../protocol/content-store.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { attempt, attemptWithRetries } from "./attempt.ts";
import type { BlockBackend } from "./block-backend.ts";
import { carHeader, carSection } from "./car.ts";
import { collectBytes } from "./collect-bytes.ts";
import { type LoadBlock, walkContent } from "./content-graph.ts";
import { parseContentId, verifyBlock } from "./content-id.ts";
import { type ContentBytes, importContent } from "./import-content.ts";
import { SharedLock } from "./shared-lock.ts";
import { markBlocks, sweepBlocks } from "./sweep-blocks.ts";

/** All that is pinned is read once. */
const COLLECT_TIMEOUT_MS = 3_600_000;

const pinOf = (cid: CID, options?: HolderOptions): Pin => ({
  cid: cid.toString(),
  holder: options?.holder ?? "",
});

/** Builds the whole {@link ContentStore} from a place that keeps blocks: files, limits, retries, pins by mark and sweep, CAR export. */
export function createBlockContentStore(backend: BlockBackend): ContentStore {
  // Sweeping excludes writers: a block that was just written and is not yet pinned must not be swept. Readers need no lock, since
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

  async function put(bytes: ContentBytes, options: PutOptions = {}): Promise<string> {
    return lock.shared(() =>
      attempt("put", options, async (signal) => {
        const cid = await importContent(backend, bytes, options, signal);
        if (options.pin ?? true) await backend.addPin(pinOf(cid, options));
        return cid.toString();
      }),
    );
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
      return collectBytes(read(root, options, signal));
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

  /** Visits every block of content that is here, once; rejects at the first that is not. Strangers ask for it: a few blocks whose links repeat could keep it busy for ever. */
  async function* walkHere(cid: string, signal?: AbortSignal) {
    yield* walkContent(parseContentId(cid), loadHere, {
      signal,
      maxBytes: Number.MAX_SAFE_INTEGER,
      isEachOnce: true,
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

  async function pin(cid: string, options: GetOptions & HolderOptions = {}): Promise<void> {
    const root = parseContentId(cid);
    return attemptWithRetries(`pin ${cid}`, options, async (signal) => {
      await backend.prepareFetch?.(options.providers ?? [], signal);
      for (;;) {
        // What lies here whole has no size to be bounded any more, and is visited block by block: a file of few blocks may be endless.
        if (options.maxBytes !== undefined || !(await isHere(cid, signal))) {
          for await (const _ of read(root, options, signal)) signal.throwIfAborted();
        }
        // Fetched without the lock, which a slow provider would hold for long; a collection may have come in between.
        const isPinned = await lock.shared(async () => {
          const isWhole = await isHere(cid, signal);
          if (isWhole) await backend.addPin(pinOf(root, options));
          return isWhole;
        });
        if (isPinned) return;
      }
    });
  }

  let collecting: Promise<unknown> = Promise.resolve();

  /** One at a time: what another one deletes would not be whole for this one. */
  async function collectGarbage(options: ContentOptions = {}): Promise<CollectedGarbage> {
    const collection = collecting.then(() => collectAlone(options));
    collecting = collection.catch(() => undefined);
    return collection;
  }

  async function collectAlone(options: ContentOptions): Promise<CollectedGarbage> {
    const settings = { timeoutMs: COLLECT_TIMEOUT_MS, ...options };
    const doing = "collect garbage";
    const marked = await attempt(doing, settings, (signal) =>
      markBlocks(backend, walkHere, signal),
    );
    if (marked.loose.size === 0) return { blocks: 0, bytes: 0 };
    return lock.exclusive(() =>
      attempt(doing, settings, (signal) => sweepBlocks(backend, walkHere, marked, signal)),
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
    unpin: async (cid, options) => backend.removePin(pinOf(parseContentId(cid), options)),
    pins: () => backend.pins(),
    stop: () => backend.stop(),
  };
}
