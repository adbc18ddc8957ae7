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
import { MemoryDatastore } from "datastore-core";
import { createHeliaLight } from "helia";
import { contentStoreErrors } from "../../protocol/content-store.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { attempt } from "../content-store/attempt.ts";
import type { IpfsNodeOptions } from "./ipfs-node-options.ts";
import { limitHosts } from "./limit-hosts.ts";
import type { NodeStores } from "./node-stores.ts";

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
/** Of all connections, those that may come from one address: all of a market's trainers may be behind one, but nobody alone. */
const PART_OF_ONE_ADDRESS = 1 / 2;

/**
 * A started Helia node with libp2p (TCP, WebSockets, noise, yamux, identify) and bitswap, over these stores, which it closes when it
 * cannot start.
 *
 * @throws CommonweightError CW2407 when an address to listen on is taken.
 */
export async function startHelia(
  options: IpfsNodeOptions,
  stores: NodeStores,
): Promise<HeliaWithLibp2p> {
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
        connectionGater: limitHosts(Math.ceil(maxConnections * PART_OF_ONE_ADDRESS)),
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
