import type { HeliaWithLibp2p } from "@helia/libp2p";
import type { Blockstore } from "interface-blockstore";
import { Key } from "interface-datastore";
import type { CID } from "multiformats/cid";
import type { Pin } from "../../protocol/content-store.ts";
import type { BlockBackend } from "../content-store/block-backend.ts";
import { concatBytes } from "../content-store/car.ts";
import { isBlockOf } from "../content-store/content-id.ts";
import { createPeerAsking } from "./ask-peers.ts";
import { peerIdOf } from "./peer-id-of.ts";
import { createWantBlock } from "./want-block.ts";

// Our own pin records. Helia's pins count references per block and lose count when pins share blocks and one is removed
// (7.1: `rm` keeps the remover instead of dropping it), so a later collection would take blocks that are still pinned.
// A record for each holder, so that a crash between two of them leaves both right; nobody in particular's has no name behind the CID.
const PIN_PREFIX = "/commonweight/pin/";

const pinKey = ({ cid, holder }: Pin): Key =>
  new Key(`${PIN_PREFIX}${cid}${holder === "" ? "" : `/${holder}`}`);

const pinOf = (key: Key): Pin => {
  const [cid = "", ...holder] = key.toString().slice(PIN_PREFIX.length).split("/");
  return { cid, holder: holder.join("/") };
};

/** As often as that whoever is not connected is dialled again during a fetch. */
const REDIAL_MS = 2000;

/** Helia's options reject a signal that is present but undefined. */
function given(signal: AbortSignal | undefined): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

/** What {@link heliaBackend} works on. */
export interface HeliaParts {
  readonly helia: HeliaWithLibp2p;
  /** The node's own blocks, without the network above them. */
  readonly blockstore: Blockstore;
  /** Whether content of peers to whom this node is not connected can be found. */
  readonly isRouted: boolean;
  readonly reconnect: (providers: readonly string[], signal: AbortSignal) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** The blocks of a Helia node, as {@link BlockBackend}. */
export function heliaBackend(parts: HeliaParts): BlockBackend {
  const { helia, blockstore, isRouted, reconnect, stop } = parts;
  const asking = createPeerAsking(helia);
  // Stored before it is offered: Helia does it the other way round, and offers what it does not have yet.
  const keep = async (cid: CID, block: Uint8Array, signal?: AbortSignal) => {
    if (asking === undefined) return void (await helia.blockstore.put(cid, block, given(signal)));
    await blockstore.put(cid, block, given(signal));
    // Whom it is sent to, and when, is no matter of storing it.
    asking.offer(cid).catch(() => undefined);
  };
  const wantBlock = createWantBlock({ helia, asking, isRouted, keep });
  const redial = { isUnderWay: false };
  /** Who has the block may be away for a moment: it is dialled again while the block is waited for. */
  const wantPatiently = async (
    cid: CID,
    signal: AbortSignal | undefined,
    providers: readonly string[],
  ): Promise<Uint8Array> => {
    const ended = new AbortController();
    const timer = setInterval(() => {
      if (redial.isUnderWay) return;
      redial.isUnderWay = true;
      reconnect(providers, ended.signal)
        .catch(() => undefined)
        .finally(() => {
          redial.isUnderWay = false;
        });
    }, REDIAL_MS);
    try {
      return await wantBlock(
        cid,
        signal,
        providers.flatMap((address) => peerIdOf(address) ?? []),
      );
    } finally {
      clearInterval(timer);
      ended.abort();
    }
  };
  return {
    loadHere: (cid, signal) => joined(blockstore.get(cid, given(signal))),
    load: async (cid, signal, providers = []) => {
      if (await blockstore.has(cid, given(signal))) {
        const block = await joined(blockstore.get(cid, given(signal)));
        if (await isBlockOf(cid, block)) return block;
        // A copy that has rotted on disk is dropped and fetched again instead of failing for ever.
        await blockstore.delete(cid);
      }
      return wantPatiently(cid, signal, providers);
    },
    put: keep,
    // Past Helia: its `delete` fails on a node without a content router, and deadlocks when called while listing.
    deleteBlock: async (cid) => blockstore.delete(cid),
    blocks: async () => {
      const cids: CID[] = [];
      for await (const { cid } of blockstore.getAll()) cids.push(cid);
      return cids;
    },
    addPin: async (pin) => void (await helia.datastore.put(pinKey(pin), new Uint8Array())),
    removePin: async (pin) => helia.datastore.delete(pinKey(pin)),
    pins: async () => {
      const pins: Pin[] = [];
      for await (const key of helia.datastore.queryKeys({ prefix: PIN_PREFIX })) {
        pins.push(pinOf(key));
      }
      return pins;
    },
    prepareFetch: reconnect,
    stop,
  };
}

async function joined(
  parts: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<Uint8Array> {
  const collected: Uint8Array[] = [];
  for await (const part of parts) collected.push(part);
  return concatBytes(collected);
}
