import type { HeliaWithLibp2p } from "@helia/libp2p";
import type { CID } from "multiformats/cid";
import { concatBytes } from "../content-store/car.ts";
import type { PeerAsking } from "./ask-peers.ts";

/**
 * Fetches one block from the network, asking again while nobody answers; ends with the signal.
 *
 * @param likely Ids of peers who probably have it.
 */
export type WantBlock = (
  cid: CID,
  signal?: AbortSignal,
  likely?: readonly string[],
) => Promise<Uint8Array>;

/** What a {@link WantBlock} works with. */
export interface WantBlockParts {
  readonly helia: HeliaWithLibp2p;
  /** Asks connected peers, before everybody whom Helia finds is asked. */
  readonly asking?: PeerAsking | undefined;
  /** Whether Helia finds peers to whom this node is not connected: then it is asked at once, too. */
  readonly isRouted?: boolean | undefined;
  /** Keeps a block that a peer sent. */
  readonly keep: (cid: CID, block: Uint8Array) => Promise<void>;
}

// The first wait covers a lost message; doubling lets a block through that is only slow. Longer than the window in which a node does not send the same block again.
const FIRST_WAIT_MS = 750;
// Longer than bitswap's debounce of 10 ms.
const COOLING_MS = 50;

/**
 * Asks again for blocks that do not come, since a want can get lost: bitswap drops messages when a peer's queue is full, and a want that
 * follows a cancelled one for the same block within the debounce reuses the cancelled entry and is never sent (`@helia/bitswap` 4.0).
 */
export function createWantBlock({ helia, asking, isRouted, keep }: WantBlockParts): WantBlock {
  const cooling = new Map<string, Promise<void>>();
  const asked = new Map<string, Promise<Uint8Array>>();

  async function fetchByHelia(cid: CID, signal: AbortSignal): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for await (const part of helia.blockstore.get(cid, { signal })) parts.push(part);
    return concatBytes(parts);
  }

  async function fetchFromPeers(
    cid: CID,
    likely: readonly string[],
    signal: AbortSignal,
  ): Promise<Uint8Array> {
    const block = await (asking as PeerAsking).ask(cid, likely, signal);
    await keep(cid, block);
    return block;
  }

  async function want(
    cid: CID,
    signal: AbortSignal | undefined,
    likely: readonly string[],
  ): Promise<Uint8Array> {
    const key = cid.toString();
    for (let waitMs = FIRST_WAIT_MS; ; waitMs *= 2) {
      await cooling.get(key);
      signal?.throwIfAborted();
      const patience = AbortSignal.timeout(waitMs);
      const ended = new AbortController();
      const combined = AbortSignal.any([patience, ended.signal, ...(signal ? [signal] : [])]);
      try {
        if (asking === undefined) return await fetchByHelia(cid, combined);
        const fromPeers = fetchFromPeers(cid, likely, combined);
        const isHeliaAsked = isRouted || asking.isCrowded() || waitMs > FIRST_WAIT_MS;
        if (!isHeliaAsked) return await fromPeers;
        return await Promise.any([fromPeers, fetchByHelia(cid, combined)]);
      } catch (error) {
        if (!patience.aborted && signal?.aborted !== true) {
          throw error instanceof AggregateError ? error.errors[0] : error;
        }
        const cooled = new Promise<void>((resolve) => setTimeout(resolve, COOLING_MS));
        cooling.set(key, cooled);
        void cooled.then(() => cooling.delete(key));
        signal?.throwIfAborted();
      } finally {
        ended.abort();
      }
    }
  }

  return async (cid, signal, likely = []) => {
    const key = cid.toString();
    // Two wants for one block would cancel each other: whoever comes second waits for the first one's answer.
    for (let first = asked.get(key); first !== undefined; first = asked.get(key)) {
      const block = await orAborted(first, signal);
      if (block !== undefined) return block;
    }
    const wanted = want(cid, signal, likely).finally(() => asked.delete(key));
    asked.set(key, wanted);
    return wanted;
  };
}

/** Undefined when the work fails: it may have been cancelled for reasons that are not ours. @throws the signal's reason */
async function orAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T | undefined> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal?.reason);
  if (signal?.aborted) throw signal.reason;
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work.catch(() => undefined), aborted.promise]);
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}
