/** What `openIpfsNode` opens. */
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
  /** Connections at once, half of which may come from one address; default 300. */
  readonly maxConnections?: number;
  readonly signal?: AbortSignal | undefined;
}
