import type { CID } from "multiformats/cid";
import {
  type ContentStore,
  contentStoreErrors,
  DEFAULT_MAX_CONTENT_BYTES,
  type GetOptions,
} from "../../protocol/content-store.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { attemptWithRetries } from "./attempt.ts";
import { concatBytes } from "./car.ts";
import { walkContent } from "./content-graph.ts";
import { parseContentId } from "./content-id.ts";
import { readBounded } from "./read-bounded.ts";

/** Where trustless gateways are: each aggregator serves one. */
export interface GatewayStoreOptions {
  /** Base addresses, as in `https://aggregator.example`; the next is asked when one fails. */
  readonly urls: readonly string[];
}

const MAX_BLOCK_BYTES = 2 ** 22;

/**
 * Reads content from trustless IPFS gateways, block by block, each verified here against its CID: the gateways can withhold content, not
 * change it. Needs nothing but `fetch`, so it runs in browsers.
 *
 * @example
 * const store = createGatewayStore({ urls: ["http://127.0.0.1:8080"] });
 * await store.get("bafkrei…", { maxBytes: 10_000_000 });
 */
export function createGatewayStore({ urls }: GatewayStoreOptions): Pick<ContentStore, "get"> {
  let order = [...urls];
  return {
    get: async (cid: string, options: GetOptions = {}): Promise<Uint8Array> => {
      const root = parseContentId(cid);
      const retries = options.retries ?? Math.max(2, urls.length - 1);
      return attemptWithRetries(`get ${cid}`, { ...options, retries }, async (signal) => {
        const [url] = order;
        if (url === undefined) throw unreachable("no gateway is known");
        try {
          return await readFile({ url, root, options, signal });
        } catch (error) {
          // Asked last from now on: one that never answers takes a minute each time.
          order = [...order.filter((each) => each !== url), url];
          throw error;
        }
      });
    },
  };
}

async function readFile(job: {
  readonly url: string;
  readonly root: CID;
  readonly options: GetOptions;
  readonly signal: AbortSignal;
}): Promise<Uint8Array> {
  const { url, root, options, signal } = job;
  const parts: Uint8Array[] = [];
  let doneBytes = 0;
  let totalBytes: number | undefined;
  const walk = walkContent(root, (cid) => fetchBlock(url, cid, signal), {
    signal,
    maxBytes: options.maxBytes ?? DEFAULT_MAX_CONTENT_BYTES,
    onSize: (bytes) => {
      totalBytes = bytes;
    },
  });
  for await (const { data } of walk) {
    parts.push(data);
    doneBytes += data.length;
    options.onProgress?.({ doneBytes, totalBytes });
  }
  return concatBytes(parts);
}

async function fetchBlock(url: string, cid: CID, signal: AbortSignal): Promise<Uint8Array> {
  const target = `${url.replace(/\/$/, "")}/ipfs/${cid}?format=raw`;
  try {
    const headers = { accept: "application/vnd.ipld.raw" };
    const response = await fetch(target, { signal, headers });
    if (response.ok) return await readBounded(response, MAX_BLOCK_BYTES, tooLong);
    await response.body?.cancel();
    throw new CommonweightError(contentStoreErrors.notFound, `${target}: ${response.status}`);
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof CommonweightError) throw cause;
    throw unreachable(`no gateway answers at ${url}`, cause);
  }
}

const tooLong = () => new CommonweightError(contentStoreErrors.corrupt, "a block that is too long");

function unreachable(message: string, cause?: unknown): CommonweightError {
  return new CommonweightError(contentStoreErrors.unreachable, message, { cause });
}
