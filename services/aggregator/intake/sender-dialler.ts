/** Addresses that are dialled at a time: whoever signs an update names thirty-two, as often as it likes, and anybody's. */
const MOST_DIALLED = 32;

/**
 * Dials where senders say that they are, in the background: each address once at a time, and no more than some at once. Who is left out
 * loses nothing by it, since it dials this side, too.
 *
 * @param dial May reject: then nobody is there.
 */
export function createSenderDialler(
  dial: (multiaddr: string) => Promise<unknown>,
): (multiaddr: string) => void {
  const underWay = new Set<string>();
  return (multiaddr) => {
    if (underWay.has(multiaddr) || underWay.size >= MOST_DIALLED) return;
    underWay.add(multiaddr);
    dial(multiaddr)
      .catch(() => undefined)
      .finally(() => underWay.delete(multiaddr));
  };
}
