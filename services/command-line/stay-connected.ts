import { fetchIpfsAddresses } from "../adapters/aggregator-client.ts";
import type { Chain } from "../adapters/chain/connect.ts";
import { readParticipant } from "../adapters/chain/projects/participant.ts";
import type { IpfsNode } from "../adapters/ipfs/ipfs-node.ts";
import { pause } from "../protocol/pause.ts";

/** How often connections are looked at; a look without a lost one costs nothing. */
const LOOK_EVERY_MS = 3000;
const DIAL_MS = 5000;
const FIRST_MS = 20_000;

/**
 * Keeps this node connected to those of aggregators, from now until `signal`: dials where their endpoints say, and again when a
 * connection is lost. Whoever can be dialled by nobody is reached only over connections of its own making, so after an aggregator's
 * restart it must be this side that calls. Resolves after the first round of attempts, or when that takes too long; an aggregator that is
 * away is tried again.
 *
 * @param options.accounts The aggregators' accounts, asked at every look.
 * @param options.first Those of the first round of attempts, where somebody waits for it; by default all. The others follow at the
 * next look.
 */
export async function stayConnected(
  chain: Chain,
  ipfs: Pick<IpfsNode, "connections" | "dial">,
  options: {
    readonly accounts: () => readonly string[];
    readonly first?: readonly string[];
    readonly signal: AbortSignal;
    readonly lookEveryMs?: number;
    /** How long the first round of attempts is waited for. */
    readonly firstMs?: number;
  },
): Promise<void> {
  const { accounts, signal, lookEveryMs = LOOK_EVERY_MS, firstMs = FIRST_MS } = options;
  const peerIds = new Map<string, string>();
  const isConnected = (account: string): boolean => {
    const peerId = peerIds.get(account);
    return peerId !== undefined && ipfs.connections().some((open) => open.includes(peerId));
  };

  async function connect(account: string): Promise<void> {
    if (isConnected(account)) return;
    const { endpoint } = await readParticipant(chain, account);
    if (endpoint === "") return;
    const { peerId, multiaddrs } = await fetchIpfsAddresses(endpoint, { signal });
    peerIds.set(account, peerId);
    for (const multiaddr of multiaddrs) {
      if (isConnected(account)) return;
      await ipfs.dial(multiaddr, { timeoutMs: DIAL_MS }).catch(() => undefined);
    }
  }
  const underWay = new Map<string, Promise<void>>();
  /** Each by itself: one that names addresses at which nobody answers holds up nobody else's return. */
  const call = (account: string): Promise<void> => {
    const calling =
      underWay.get(account) ??
      connect(account)
        .catch(() => undefined)
        .finally(() => underWay.delete(account));
    underWay.set(account, calling);
    return calling;
  };

  const answered = Promise.all((options.first ?? accounts()).map(call));
  const waiting = new AbortController();
  await Promise.race([answered, pause(firstMs, AbortSignal.any([signal, waiting.signal]))]);
  waiting.abort();
  void (async () => {
    while (!signal.aborted) {
      await pause(lookEveryMs, signal);
      if (!signal.aborted) for (const account of accounts()) void call(account);
    }
  })();
}
