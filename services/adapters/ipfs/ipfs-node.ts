import { join } from "node:path";
import { noise } from "@chainsafe/libp2p-noise";
import { yamux } from "@chainsafe/libp2p-yamux";
import { withBitswap } from "@helia/bitswap";
import { type HeliaWithLibp2p, withLibp2pLight } from "@helia/libp2p";
import { circuitRelayServer, circuitRelayTransport } from "@libp2p/circuit-relay-v2";
import { identify } from "@libp2p/identify";
import { kadDHT, passthroughMapper } from "@libp2p/kad-dht";
import { ping } from "@libp2p/ping";
import { tcp } from "@libp2p/tcp";
import { webSockets } from "@libp2p/websockets";
import { type Multiaddr, multiaddr } from "@multiformats/multiaddr";
import { MemoryBlockstore } from "blockstore-core";
import { FsBlockstore } from "blockstore-fs";
import { MemoryDatastore } from "datastore-core";
import { LevelDatastore } from "datastore-level";
import { createHeliaLight } from "helia";
import type { Blockstore } from "interface-blockstore";
import type { Datastore } from "interface-datastore";
import { type ContentStore, contentStoreErrors } from "../../protocol/content-store.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { pause } from "../../protocol/pause.ts";
import { attempt } from "../content-store/attempt.ts";
import { createBlockContentStore } from "../content-store/block-content-store.ts";
import { parseContentId } from "../content-store/content-id.ts";
import { lockFolder } from "./folder-lock.ts";
import { heliaBackend } from "./helia-backend.ts";
import { peerIdOf } from "./peer-id-of.ts";

/** What {@link openIpfsNode} opens. */
export interface IpfsNodeOptions {
  /** Where identity, pins and blocks live; without it everything is in memory and the identity is new. */
  readonly folder?: string;
  /** Multiaddrs to listen on; default one free TCP port on 127.0.0.1; `[]` only dials out. `/ws` addresses let browsers connect. */
  readonly listen?: readonly string[];
  /** Multiaddrs to publish instead of the ones listened on, for a node behind a forwarded port. */
  readonly announce?: readonly string[];
  /** Multiaddrs to connect to and stay connected to: a trainer's aggregators. Lost ones are dialled again, and before each fetch. */
  readonly dial?: readonly string[];
  /**
   * Find content by a DHT, and let others find what is pinned here; needs `dial` addresses of its members. `public`: that of the public
   * IPFS network, as a client. `private`: one of this market's own nodes, also on private addresses. Default none.
   */
  readonly dht?: "public" | "private" | undefined;
  /** `client`: also reach nodes through relays. `server`: also relay for others, without limits on what a connection carries. To be reached through one, listen on `/p2p-circuit` and dial it. Default none. */
  readonly relay?: "client" | "server";
  /** Connections at once; default 300. */
  readonly maxConnections?: number;
  readonly signal?: AbortSignal | undefined;
}

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
  dial(
    address: string,
    options?: {
      readonly signal?: AbortSignal | undefined;
      readonly timeoutMs?: number | undefined;
    },
  ): Promise<void>;
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
    const stores = await openStores(folder);
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

// Unlimited: libp2p sends nothing back over a connection with limits when only the other side can dial, so bitswap would stay silent.
const RELAY_LIMITS = { applyDefaultLimit: false };

const DHT_SETTINGS = {
  public: { protocol: "/ipfs/kad/1.0.0", clientMode: true },
  private: {
    protocol: "/commonweight/kad/1.0.0",
    clientMode: false,
    peerInfoMapper: passthroughMapper,
  },
} as const;
/** Wait before a lost node is dialled again, doubled from one try to the next. */
const FIRST_RETURN_MS = 500;
const LONGEST_RETURN_MS = 30_000;
/** How long telling the DHT about content may take. */
const PROVIDE_TIMEOUT_MS = 60_000;

interface Stores {
  readonly blockstore: Blockstore;
  readonly datastore: Datastore;
  close(): Promise<void>;
}

async function openStores(folder: string | undefined): Promise<Stores> {
  if (folder === undefined)
    return {
      blockstore: new MemoryBlockstore(),
      datastore: new MemoryDatastore(),
      close: async () => {},
    };
  const blockstore = new FsBlockstore(join(folder, "blocks"));
  const datastore = new LevelDatastore(join(folder, "datastore"));
  try {
    await blockstore.open();
    await datastore.open();
  } catch (cause) {
    throw new CommonweightError(
      contentStoreErrors.storeFailed,
      `cannot open the node's folder ${folder}`,
      { cause },
    );
  }
  return { blockstore, datastore, close: () => datastore.close() };
}

async function startHelia(options: IpfsNodeOptions, stores: Stores): Promise<HeliaWithLibp2p> {
  const maxConnections = options.maxConnections ?? 300;
  const listen = [...(options.listen ?? ["/ip4/127.0.0.1/tcp/0"])];
  const helia = withBitswap(
    withLibp2pLight(
      createHeliaLight({ blockstore: stores.blockstore, datastore: stores.datastore }),
      {
        // What libp2p notes of peers at every stream is needed by nobody after a restart, and a stream must not wait for a full disk.
        datastore: new MemoryDatastore(),
        addresses: { listen, announce: [...(options.announce ?? [])] },
        transports: [
          tcp(),
          webSockets(),
          ...(options.relay === undefined ? [] : [circuitRelayTransport()]),
        ],
        connectionEncrypters: [noise()],
        streamMuxers: [yamux()],
        // All trainers of a market on one machine or behind one NAT share an IP address and dial within the same second.
        connectionManager: {
          maxConnections,
          inboundConnectionThreshold: maxConnections,
          maxIncomingPendingConnections: maxConnections,
        },
        services: {
          identify: identify(),
          ping: ping(),
          ...(options.dht === undefined ? {} : { dht: kadDHT(DHT_SETTINGS[options.dht]) }),
          ...(options.relay === "server"
            ? { relay: circuitRelayServer({ reservations: RELAY_LIMITS }) }
            : {}),
        },
      },
    ),
    // A fetch that is repeated after a stall must be answered again, and 30 bundles arrive at once.
    {
      doNotResendBlockWindow: 500,
      maxInboundStreams: 1024,
      maxOutboundStreams: 1024,
    },
  );
  try {
    await attempt("start the IPFS node", { signal: options.signal }, () => helia.start());
  } catch (cause) {
    await helia.stop().catch(() => {});
    await stores.close();
    throw new CommonweightError(
      contentStoreErrors.unreachable,
      `cannot listen on ${listen.join(", ")}`,
      { cause, details: { listen } },
    );
  }
  return helia as unknown as HeliaWithLibp2p;
}

async function connectNode(
  { helia, stores, options }: { helia: HeliaWithLibp2p; stores: Stores; options: IpfsNodeOptions },
  stop: () => Promise<void>,
): Promise<IpfsNode> {
  const keepConnected = new Set(
    (options.dial ?? []).map((address) => parseAddress(address).toString()),
  );

  async function dial(
    address: string,
    {
      signal,
      timeoutMs = 10_000,
    }: { signal?: AbortSignal | undefined; timeoutMs?: number | undefined } = {},
  ): Promise<void> {
    const target = parseAddress(address);
    try {
      await attempt(`dial ${address}`, { signal, timeoutMs }, (inner) =>
        helia.libp2p.dial(target, { signal: inner }),
      );
    } catch (cause) {
      throw new CommonweightError(
        contentStoreErrors.unreachable,
        `nobody answers as expected at ${address}`,
        { cause, details: { address } },
      );
    }
  }

  /** Of the wanted nodes those who are not connected now. */
  function missingOf(providers: readonly string[]): string[] {
    const connected = new Set(
      helia.libp2p.getConnections().map((connection) => connection.remotePeer.toString()),
    );
    const wanted = [
      ...keepConnected,
      ...providers.map((address) => parseAddress(address).toString()),
    ];
    return wanted.filter((address) => !connected.has(peerIdOf(address) ?? ""));
  }

  /** Connects to whoever of the wanted nodes is not connected now; failures surface as content that is not found. */
  async function reconnect(providers: readonly string[], signal?: AbortSignal): Promise<void> {
    const missing = missingOf(providers);
    await Promise.all(missing.map((address) => dial(address, { signal }).catch(() => {})));
  }

  const store = createBlockContentStore(
    heliaBackend({
      ...{ helia, blockstore: stores.blockstore, reconnect, stop },
      isRouted: options.dht !== undefined,
    }),
  );
  await reconnect([], options.signal);
  const stopping = new AbortController();
  let isReturning = false;
  // Who cannot be dialled is only reached over the connection that it made itself: a lost one has to come back without being asked for.
  async function returnToKept(): Promise<void> {
    if (isReturning) return;
    isReturning = true;
    for (let waitMs = FIRST_RETURN_MS; !stopping.signal.aborted; ) {
      await pause(waitMs, stopping.signal);
      if (stopping.signal.aborted || missingOf([]).length === 0) break;
      await reconnect([], stopping.signal);
      waitMs = Math.min(2 * waitMs, LONGEST_RETURN_MS);
    }
    isReturning = false;
  }
  helia.libp2p.addEventListener("peer:disconnect", () => void returnToKept());
  if (missingOf([]).length > 0) void returnToKept();
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
    dial,
    stop: () => {
      stopping.abort();
      stopped ??= store.stop();
      return stopped;
    },
  };
}

function parseAddress(address: string): Multiaddr {
  try {
    return multiaddr(address);
  } catch (cause) {
    throw new CommonweightError(contentStoreErrors.unreachable, `not a multiaddr: ${address}`, {
      cause,
      details: { address },
    });
  }
}
