import { setMaxListeners } from "node:events";
import type { HeliaWithLibp2p } from "@helia/libp2p";
import type { CID } from "multiformats/cid";

type PeerId = ReturnType<HeliaWithLibp2p["libp2p"]["getPeers"]>[number];

/** What somebody who is asked for a block says about it. */
interface Presence {
  readonly has: boolean;
}

interface ReceivedBlock {
  readonly cid: CID;
  readonly block: Uint8Array;
  readonly sender: PeerId;
}

/** What of Helia's bitswap is used besides its public face: wants that go to one peer each, and the news of a block. */
interface Bitswap {
  readonly wantList: {
    /** Resolves when this peer sends the block, or says that it has it, or that it has not. */
    wantSessionBlock(
      cid: CID,
      peer: PeerId,
      options: { readonly signal: AbortSignal },
    ): Promise<Presence>;
    addEventListener(type: "block", listener: (event: { detail: ReceivedBlock }) => void): void;
    removeEventListener(type: "block", listener: (event: { detail: ReceivedBlock }) => void): void;
  };
  /** Sends a block that has come to whoever has asked for it. */
  notify(cid: CID): Promise<void>;
}

/** Fetches blocks from peers that are connected. */
export interface PeerAsking {
  /**
   * Asks those who probably have a block and, unless it comes soon, all others, if these are not too many.
   *
   * @param likely Peer ids; whoever sent the last block when none of these is connected.
   * @returns The block: its hash is the CID's. Waits until the signal ends it.
   */
  ask(cid: CID, likely: readonly string[], signal: AbortSignal): Promise<Uint8Array>;
  /** Whether there are too many peers to ask each of them for each block: Helia's wants put many blocks into one message. */
  isCrowded(): boolean;
  /** Tells whoever has asked for a block that it is here now. */
  offer(cid: CID): Promise<void>;
}

/** How long those who probably have a block are asked alone: a peer that froze costs no more than this. */
const ALONE_MS = 300;
/** So many peers are each asked for each block: thirty bundles of thirty trainers would be nine hundred messages. */
const MOST_ASKED = 16;

/**
 * Helia's own wants go to all peers at once, in messages that wait for each other: one peer whose machine is busy holds up the wants
 * for all others, for seconds (`@helia/bitswap` 4.0). These go to each peer by itself, and first to whoever probably has the block: what
 * eight trainers each want is sent once to each of them, not once by every aggregator.
 *
 * @returns Undefined for a node without bitswap.
 */
export function createPeerAsking(helia: HeliaWithLibp2p): PeerAsking | undefined {
  const { blockBrokers = [] } = helia as unknown as {
    readonly blockBrokers?: readonly { readonly name: string; readonly bitswap?: Bitswap }[];
  };
  const bitswap = blockBrokers.find(({ name }) => name === "bitswap")?.bitswap;
  if (bitswap === undefined) return undefined;
  const { wantList } = bitswap;
  let lastSender: string | undefined;

  /** Which of the connected peers are asked first, and which then. */
  function split(likely: readonly string[]): [PeerId[], PeerId[]] {
    const peers = helia.libp2p.getPeers();
    const named = peers.filter((peer) => likely.includes(peer.toString()));
    const first = named.length > 0 ? named : peers.filter((peer) => peer.toString() === lastSender);
    return [first, peers.filter((peer) => !first.includes(peer))];
  }

  return {
    ask: async (cid, likely, signal) => {
      signal.throwIfAborted();
      // With the hash function's number: whoever sends a block chooses it, and by "identity" any 32 bytes have a digest at will.
      const { bytes: wanted } = cid.multihash;
      const found = Promise.withResolvers<Uint8Array>();
      const alone = Promise.withResolvers<void>();
      const asking = new AbortController();
      // One a peer.
      setMaxListeners(0, asking.signal);
      const onAbort = () => found.reject(signal.reason);
      const onBlock = ({ detail }: { detail: ReceivedBlock }) => {
        if (Buffer.compare(detail.cid.multihash.bytes, wanted) !== 0) return;
        lastSender = detail.sender.toString();
        found.resolve(detail.block);
      };
      signal.addEventListener("abort", onAbort, { once: true });
      wantList.addEventListener("block", onBlock);
      /** Resolves when all of them have said that they have it not, or cannot be asked. */
      const askAll = async (peers: readonly PeerId[]): Promise<void> => {
        const askOne = async (peer: PeerId): Promise<void> => {
          const answer = await wantList
            .wantSessionBlock(cid, peer, { signal: asking.signal })
            .catch((): Presence => ({ has: false }));
          // It says so first when the block is a large one.
          if (answer.has) await found.promise;
        };
        await Promise.all(peers.map(askOne));
      };
      try {
        const [first, others] = split(likely);
        const timer = setTimeout(alone.resolve, ALONE_MS);
        askAll(first).then(alone.resolve, alone.resolve);
        void alone.promise.then(() => {
          clearTimeout(timer);
          if (!asking.signal.aborted && others.length <= MOST_ASKED)
            askAll(others).catch(() => undefined);
        });
        return await found.promise;
      } finally {
        asking.abort();
        alone.resolve();
        wantList.removeEventListener("block", onBlock);
        signal.removeEventListener("abort", onAbort);
      }
    },
    isCrowded: () => helia.libp2p.getPeers().length > MOST_ASKED,
    offer: (cid) => bitswap.notify(cid),
  };
}
