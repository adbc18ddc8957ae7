/** As much of an incoming connection as is looked at. */
export interface IncomingConnection {
  readonly remoteAddr: { toString(): string };
  addEventListener(type: "close", listener: () => void): void;
}

/**
 * Where a connection comes from: an IPv4 address, or the half of an IPv6 address that a network gives to one line.
 *
 * @returns undefined for one that comes over a relay, where many have the same address.
 * @example hostOf("/ip6/2001:db8::7/tcp/4001") // "2001:db8:0:0"
 */
export function hostOf(multiaddr: string): string | undefined {
  const [, family, address = ""] = multiaddr.split("/");
  if (multiaddr.includes("/p2p-circuit")) return undefined;
  if (family === "ip4") return address;
  if (family !== "ip6") return undefined;
  const [before = [], after = []] = address
    .replace(/%.*$/, "")
    .split("::")
    .map((half) => half.split(":").filter(Boolean));
  const zeros = Array(Math.max(0, 8 - before.length - after.length)).fill("0");
  return [...before, ...zeros, ...after].slice(0, 4).join(":").toLowerCase();
}

/**
 * Denies one address more than its part of the connections, also of those that have not said yet who they are: otherwise a few hundred
 * sockets of anybody's would keep everybody else out.
 *
 * @param most Connections of one address.
 */
export function limitHosts(most: number): {
  denyInboundConnection: (connection: IncomingConnection) => boolean;
} {
  const open = new Map<string, number>();
  return {
    denyInboundConnection: (connection) => {
      const host = hostOf(connection.remoteAddr.toString());
      if (host === undefined) return false;
      const own = (open.get(host) ?? 0) + 1;
      if (own > most) return true;
      open.set(host, own);
      connection.addEventListener("close", () => {
        const left = (open.get(host) ?? 1) - 1;
        if (left > 0) open.set(host, left);
        else open.delete(host);
      });
      return false;
    },
  };
}
