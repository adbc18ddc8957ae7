import { CommonweightError, defineErrors } from "./errors.ts";

/** How far a transfer has come; `totalBytes` is what the content claims about itself, absent while unknown. */
export interface ContentProgress {
  readonly doneBytes: number;
  readonly totalBytes?: number | undefined;
}

/** Options of every call that may take long. */
export interface ContentOptions {
  readonly signal?: AbortSignal | undefined;
  /** One attempt may last this long; default 60,000. */
  readonly timeoutMs?: number | undefined;
  readonly onProgress?: ((progress: ContentProgress) => void) | undefined;
}

/** Who asks for a pin. */
export interface HolderOptions {
  /**
   * A name of the asker's own, such as a role and its project; nobody in particular when absent. A pin is its holder's alone: content
   * stays while anybody's pin on it is left, so that nobody can let go of what another one keeps.
   */
  readonly holder?: string | undefined;
}

/** Options of {@link ContentStore.put}. */
export interface PutOptions extends ContentOptions, HolderOptions {
  /** Keep the content through {@link ContentStore.collectGarbage}; default true. */
  readonly pin?: boolean;
  /** `file` (default): a UnixFS file of any size. `dag-json`: one block of at most 1 MiB with that codec, for manifests. */
  readonly codec?: "file" | "dag-json";
}

/** Options of {@link ContentStore.get}. */
export interface GetOptions extends ContentOptions {
  /** Refuse more than this, before downloading if the content admits its size and while downloading otherwise; default 1 GiB. */
  readonly maxBytes?: number | undefined;
  /** Further attempts after one that failed or timed out, with doubling pauses from 250 ms; default 2. Blocks that arrived are kept. */
  readonly retries?: number | undefined;
  /** Where to look first: multiaddrs of nodes that should have it (ignored by stores without a network of their own). */
  readonly providers?: readonly string[] | undefined;
}

/** Content that is kept, and for whom. */
export interface Pin {
  readonly cid: string;
  /** As {@link HolderOptions.holder}; "" for nobody in particular. */
  readonly holder: string;
}

/** What {@link ContentStore.collectGarbage} removed. */
export interface CollectedGarbage {
  readonly blocks: number;
  /** Undefined where the store does not say. */
  readonly bytes: number | undefined;
}

/**
 * Content-addressed storage: what is put comes back by its CID (CIDv1, sha2-256; UnixFS with 1 MiB raw leaves) and nothing else can.
 * Implementations: `ipfs` (Helia), `content-store/memory-store` (the twin for tests), `content-store/http-api-store` (an IPFS node's RPC API).
 */
export interface ContentStore {
  /** Stores bytes, or a stream of them, and returns the CID. */
  put(bytes: Uint8Array | AsyncIterable<Uint8Array>, options?: PutOptions): Promise<string>;
  /** Fetches content and verifies it against its CID. */
  get(cid: string, options?: GetOptions): Promise<Uint8Array>;
  /** Fetches content piece by piece, in order, each piece verified before it is yielded. One attempt, no retries. */
  stream(cid: string, options?: GetOptions): AsyncIterable<Uint8Array>;
  /** True when the whole content is here, so that `get` needs no network. */
  has(cid: string, options?: ContentOptions): Promise<boolean>;
  /** Keeps the content (fetching it if it is not here) until the same holder's `unpin`. Pinning twice is pinning once. */
  pin(cid: string, options?: GetOptions & HolderOptions): Promise<void>;
  /** Lets the next `collectGarbage` remove the content unless another pin holds its blocks. Unpinning the unpinned does nothing. */
  unpin(cid: string, options?: ContentOptions & HolderOptions): Promise<void>;
  /** All pins, each with who asked for it. */
  pins(options?: ContentOptions): Promise<Pin[]>;
  /** Removes every block that no pin reaches. Content is put, pinned and read meanwhile. */
  collectGarbage(options?: ContentOptions): Promise<CollectedGarbage>;
  /** One block that is here; never asks the network, so that a gateway on top cannot be made to fetch for strangers. */
  getBlock(cid: string, options?: ContentOptions): Promise<Uint8Array>;
  /** All blocks of content that is here as a CAR (version 1) stream, depth first from the root; never asks the network. */
  exportCar(cid: string, options?: ContentOptions): AsyncIterable<Uint8Array>;
  /** Releases sockets, files and timers; the process can exit afterwards. */
  stop(): Promise<void>;
}

/** Default limit of {@link GetOptions.maxBytes}: 1 GiB. */
export const DEFAULT_MAX_CONTENT_BYTES = 2 ** 30;

/** Default of {@link ContentOptions.timeoutMs}. */
export const DEFAULT_CONTENT_TIMEOUT_MS = 60_000;

/** What can go wrong with content; codes 2400-2449. */
export const contentStoreErrors = defineErrors([2400, 2449], {
  notFound: {
    code: "CW2400",
    title: "content not found",
    hint: "Check the CID, and that a node holding it is connected: a trainer must dial the aggregator's published address.",
  },
  tooLarge: {
    code: "CW2401",
    title: "content larger than allowed",
    hint: "The publisher exceeded the size limit of this kind of content; nothing beyond the limit was kept in memory.",
  },
  timedOut: {
    code: "CW2402",
    title: "content did not arrive in time",
    hint: "Blocks that arrived are kept: run the command again, raise the timeout, or name another provider.",
  },
  aborted: {
    code: "CW2403",
    title: "transfer cancelled",
    hint: "The caller cancelled; blocks that arrived are kept.",
  },
  badCid: {
    code: "CW2404",
    title: "not a content identifier",
    hint: "A CID looks like bafkrei… or bafybei…; copy it whole.",
  },
  corrupt: {
    code: "CW2405",
    title: "content does not match its CID",
    hint: "The source sent other bytes than the CID stands for; nothing of it was used. Try another provider.",
  },
  malformed: {
    code: "CW2406",
    title: "content is not a well-formed file",
    hint: "The CID names a directory, another format, or a graph built to exhaust its reader.",
  },
  unreachable: {
    code: "CW2407",
    title: "storage not reachable",
    hint: "Check that the node or service is running at this address and that its port is open.",
  },
  storeFailed: {
    code: "CW2408",
    title: "content could not be stored",
    hint: "Check free disk space and permissions of the node's folder.",
  },
  folderInUse: {
    code: "CW2409",
    title: "storage folder already in use",
    hint: "Another process runs a node on this folder; stop it or choose another folder.",
  },
});

/** Whether a failure says nothing about the content itself: nobody who has it answered in time. */
export function isContentAway(error: unknown): boolean {
  const { notFound, timedOut, unreachable } = contentStoreErrors;
  return (
    error instanceof CommonweightError &&
    [notFound, timedOut, unreachable].some(({ code }) => code === error.code)
  );
}
