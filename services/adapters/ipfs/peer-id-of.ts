/** The peer id at the end of a multiaddr, if it names one. */
export function peerIdOf(address: string): string | undefined {
  return address.includes("/p2p/") ? address.split("/p2p/").at(-1) : undefined;
}
