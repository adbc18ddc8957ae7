import type { CID } from "multiformats/cid";
import type { ContentStore, Pin } from "../../protocol/content-store.ts";
import type { BlockBackend } from "./block-backend.ts";
import { createBlockContentStore } from "./block-content-store.ts";

/** The blocks that several memory stores have between them, by multihash: their "network". */
export type SharedBlocks = Map<string, { cid: CID; block: Uint8Array }>;

/**
 * The in-memory twin of the IPFS node: the same CIDs, limits, pins and errors, no sockets. Stores given the same `network` map can
 * fetch each other's content, until its owner collects it.
 *
 * @example
 * const network: SharedBlocks = new Map();
 * const trainer = createMemoryStore({ network });
 * const aggregator = createMemoryStore({ network });
 * await aggregator.get(await trainer.put(bytes)); // the same bytes
 */
export function createMemoryStore(options: { readonly network?: SharedBlocks } = {}): ContentStore {
  const own: SharedBlocks = new Map();
  const network = options.network;
  const pins = new Map<string, Pin>();
  const pinKey = ({ cid, holder }: Pin) => `${cid}/${holder}`;
  const key = (cid: CID) => cid.multihash.bytes.join();
  const find = (blocks: SharedBlocks | undefined, cid: CID): Uint8Array => {
    const found = blocks?.get(key(cid));
    if (found === undefined) throw new RangeError(`no block ${cid}`);
    return found.block;
  };
  const put: BlockBackend["put"] = async (cid, block) => {
    // A copy, as on a disk: a caller that reuses its buffer must not change what is stored.
    const entry = { cid, block: block.slice() };
    own.set(key(cid), entry);
    network?.set(key(cid), entry);
  };
  return createBlockContentStore({
    put,
    loadHere: async (cid) => find(own, cid),
    load: async (cid) => {
      if (own.has(key(cid))) return find(own, cid);
      const block = find(network, cid);
      own.set(key(cid), { cid, block });
      return block;
    },
    deleteBlock: async (cid) => {
      own.delete(key(cid));
      network?.delete(key(cid));
    },
    blocks: async () => [...own.values()].map(({ cid }) => cid),
    addPin: async (pin) => void pins.set(pinKey(pin), pin),
    removePin: async (pin) => void pins.delete(pinKey(pin)),
    pins: async () => [...pins.values()],
    stop: async () => {},
  });
}
