import type { HeliaWithLibp2p } from "@helia/libp2p";
import { CID } from "multiformats/cid";
import { create as createDigest } from "multiformats/hashes/digest";
import { identity } from "multiformats/hashes/identity";
import { describe, expect, it } from "vitest";
import {
  BLOCK_CODECS,
  blockContentId,
} from "../../../services/adapters/content-store/content-id.ts";
import { createPeerAsking, type PeerAsking } from "../../../services/adapters/ipfs/ask-peers.ts";

const block = Uint8Array.of(1, 2, 3);
const cid = await blockContentId(block, BLOCK_CODECS.dagJson);
const other = await blockContentId(Uint8Array.of(4), BLOCK_CODECS.dagJson);

/** Three connected peers, `a`, `b` and `c`, or others, whose answers the test gives. */
function threePeers(peers: readonly string[] = ["a", "b", "c"]) {
  const listeners = new Set<(event: { detail: unknown }) => void>();
  const answers = new Map<string, { resolve(answer: { has: boolean }): void }>();
  const asked: string[] = [];
  const wantList = {
    wantSessionBlock: (_: CID, peer: string, { signal }: { signal: AbortSignal }) => {
      const answer = Promise.withResolvers<{ has: boolean }>();
      signal.addEventListener("abort", () => answer.reject(signal.reason));
      asked.push(peer);
      answers.set(peer, answer);
      return answer.promise;
    },
    addEventListener: (_: string, listener: () => void) => listeners.add(listener),
    removeEventListener: (_: string, listener: () => void) => listeners.delete(listener),
  };
  const helia = {
    blockBrokers: [{ name: "bitswap", bitswap: { wantList, notify: async () => undefined } }],
    libp2p: { getPeers: () => peers },
  } as unknown as HeliaWithLibp2p;
  return {
    asking: createPeerAsking(helia) as PeerAsking,
    asked,
    listeners,
    hasNot: (peer: string) => answers.get(peer)?.resolve({ has: false }),
    sends: (sender: string, sent: CID = cid) => {
      for (const each of listeners) each({ detail: { cid: sent, block, sender } });
    },
  };
}

const soon = () => new Promise((resolve) => setTimeout(resolve, 5));
const never = new AbortController().signal;

describe("peers who are asked for a block", () => {
  it("are first those who probably have it, alone, and the others when these have it not", async () => {
    const { asking, asked, hasNot, sends } = threePeers();
    const found = asking.ask(cid, ["b"], never);
    await soon();
    expect(asked).toEqual(["b"]);

    hasNot("b");
    await soon();
    expect(asked).toEqual(["b", "a", "c"]);
    sends("c");
    expect(await found).toEqual(block);
  });

  it("are all of them soon, when those who probably have it say nothing", async () => {
    const { asking, asked, sends } = threePeers();
    const startedAt = performance.now();
    const found = asking.ask(cid, ["b"], never);
    while (asked.length < 3) await soon();
    expect(performance.now() - startedAt).toBeGreaterThan(250);
    sends("a");

    expect(await found).toEqual(block);
  });

  it("are all of them at once, when nobody is known to have it", async () => {
    const { asking, asked, sends } = threePeers();
    const found = asking.ask(cid, ["x"], never);
    await soon();
    expect(asked).toEqual(["a", "b", "c"]);
    sends("a");
    expect(await found).toEqual(block);
  });

  it("are first whoever sent the last block, when nobody is named", async () => {
    const { asking, asked, sends } = threePeers();
    const first = asking.ask(cid, [], never);
    await soon();
    sends("c");
    await first;
    const second = asking.ask(cid, [], never);
    await soon();
    sends("c");
    await second;

    expect(asked).toEqual(["a", "b", "c", "c"]);
  });

  it("may send it after they have said that they have it not, and other blocks are not it", async () => {
    const { asking, hasNot, sends } = threePeers();
    let isFound = false;
    const found = asking.ask(cid, [], never).finally(() => {
      isFound = true;
    });
    await soon();
    for (const peer of ["a", "b", "c"]) hasNot(peer);
    sends("a", other);
    sends("b", CID.createV1(cid.code, createDigest(identity.code, cid.multihash.digest)));
    await soon();
    expect(isFound).toBe(false);
    sends("a");

    expect(await found).toEqual(block);
  });

  it("are not listened to any more once the caller has given up", async () => {
    const { asking, listeners } = threePeers();
    const giving = new AbortController();
    const found = asking.ask(cid, [], giving.signal);
    await soon();
    giving.abort(new Error("enough"));

    await expect(found).rejects.toThrow("enough");
    expect(listeners.size).toBe(0);
  });

  it("are only those who probably have it, when there are too many", async () => {
    const many = Array.from({ length: 30 }, (_, index) => `peer ${index}`);
    const { asking, asked, hasNot, sends } = threePeers(many);
    const found = asking.ask(cid, ["peer 7"], never);
    await soon();
    hasNot("peer 7");
    await soon();
    expect(asked).toEqual(["peer 7"]);
    expect(asking.isCrowded()).toBe(true);
    // Whom Helia asked.
    sends("peer 3");
    expect(await found).toEqual(block);
  });
});
