import type { HeliaWithLibp2p } from "@helia/libp2p";
import type { ContentStore } from "../../protocol/content-store.ts";
import { createBlockContentStore } from "../content-store/block-content-store.ts";
import { parseContentId } from "../content-store/content-id.ts";
import type { DialOptions } from "./dial-some.ts";
import { lockFolder } from "./folder-lock.ts";
import { heliaBackend } from "./helia-backend.ts";
import type { IpfsNodeOptions } from "./ipfs-node-options.ts";
import { createKeptConnections } from "./kept-connections.ts";
import { type NodeStores, openNodeStores } from "./node-stores.ts";
import { startHelia } from "./start-helia.ts";

/** A running IPFS node: a {@link ContentStore} with a place in the network. */
export interface IpfsNode extends ContentStore {
  /** The node's libp2p identity, stable over restarts on the same folder. */
  readonly peerId: string;
  /** Multiaddrs that others can dial, with the peer id. */
  addresses(): string[];
  /** Multiaddrs of the nodes connected now. */
  connections(): string[];
  /**
   * Connects to a node; content flows both ways over the one connection, so the dialled side needs no way back. Nodes named when this
   * one was opened are connected to again when they are lost; nodes dialled here are not.
   *
   * @throws CommonweightError CW2407 when nobody answers there, or somebody else than the address names.
   */
  dial(address: string, options?: DialOptions): Promise<void>;
  /**
   * Connects to a node whose address somebody else has named, unless too many of such are dialled now: anybody may name anybody's. Whether
   * it is there is not said.
   */
  dialNamed(address: string, options?: DialOptions): Promise<void>;
}

/**
 * Starts an IPFS node (TCP, noise, yamux, identify, bitswap).
 *
 * Nothing is announced to or asked from the public network unless asked for; by default the node listens on loopback only.
 *
 * @throws CommonweightError CW2409 when a process already uses the folder, CW2408 when the folder cannot be used, CW2407 when an
 * address to listen on is taken.
 *
 * @example
 * const aggregator = await openIpfsNode({ folder: "data/aggregator" });
 * const trainer = await openIpfsNode({ listen: [], dial: aggregator.addresses() });
 * const cid = await trainer.put(bundle);
 * await aggregator.get(cid, { maxBytes: 10_000_000 }); // over the trainer's connection
 */
export async function openIpfsNode(options: IpfsNodeOptions = {}): Promise<IpfsNode> {
  const { folder } = options;
  const unlock = folder === undefined ? async () => {} : await lockFolder(folder);
  try {
    const stores = await openNodeStores(folder);
    const helia = await startHelia(options, stores);
    return await connectNode({ helia, stores, options }, async () => {
      await helia.stop();
      await stores.close();
      await unlock();
    });
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** How long telling the DHT about content may take. */
const PROVIDE_TIMEOUT_MS = 60_000;

async function connectNode(
  {
    helia,
    stores,
    options,
  }: { helia: HeliaWithLibp2p; stores: NodeStores; options: IpfsNodeOptions },
  stop: () => Promise<void>,
): Promise<IpfsNode> {
  const { dial, dialNamed, reconnect, keep } = createKeptConnections(helia, options.dial ?? []);
  const store = createBlockContentStore(
    heliaBackend({
      ...{ helia, blockstore: stores.blockstore, reconnect, stop },
      isRouted: options.dht !== undefined,
    }),
  );
  await reconnect([], options.signal);
  const stopping = new AbortController();
  keep(stopping.signal);
  let stopped: Promise<void> | undefined;
  /** Tells the DHT in the background: whether it takes note must not decide whether content is stored. */
  function provide(cid: string): void {
    if (options.dht === undefined) return;
    const signal = AbortSignal.any([stopping.signal, AbortSignal.timeout(PROVIDE_TIMEOUT_MS)]);
    helia.libp2p.contentRouting.provide(parseContentId(cid), { signal }).catch(() => {});
  }

  return {
    ...store,
    put: async (bytes, settings) => {
      const cid = await store.put(bytes, settings);
      if (settings?.pin ?? true) provide(cid);
      return cid;
    },
    pin: async (cid, settings) => {
      await store.pin(cid, settings);
      provide(cid);
    },
    peerId: helia.libp2p.peerId.toString(),
    addresses: () => helia.libp2p.getMultiaddrs().map(String),
    connections: () =>
      helia.libp2p.getConnections().map((connection) => connection.remoteAddr.toString()),
    ...{ dial, dialNamed },
    stop: () => {
      stopping.abort();
      stopped ??= store.stop();
      return stopped;
    },
  };
}
