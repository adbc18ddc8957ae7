import { afterEach, describe, expect, it } from "vitest";
import type { Chain } from "../../../../services/adapters/chain/connect.ts";
import {
  type BlockNews,
  openBlockNews,
} from "../../../../services/adapters/chain/rpc/block-news.ts";
import { type SubscribingNode, startSubscribingNode } from "../subscribing-node.ts";

/** A node that answers with these block numbers, the last one for ever; a refusal where there is none. */
function chainAt(rpcUrl: string, ...blocks: (string | undefined)[]) {
  let looks = 0;
  const send = async () => {
    const block = blocks[Math.min(looks++, blocks.length - 1)];
    if (block === undefined) throw new Error("no answer");
    return block;
  };
  return { chain: { rpcUrl, provider: { send } } as unknown as Chain, looks: () => looks };
}
const never = new AbortController().signal;

const opened: { close(): void }[] = [];
afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});
function newsOf(chain: Chain): BlockNews {
  const news = openBlockNews(chain);
  opened.push(news);
  return news;
}

describe("news of a chain whose node takes no subscriptions", () => {
  it("come with the first new block", async () => {
    const { chain, looks } = chainAt("", "0x1", "0x1", "0x2");
    await newsOf(chain).until({ longestMs: 40, signal: never });
    expect(looks()).toBe(3);
  });

  it("come at once when a block came since the last ones", async () => {
    const { chain, looks } = chainAt("", "0x1", "0x2", "0x3");
    const news = newsOf(chain);
    await news.until({ longestMs: 40, signal: never });
    await news.until({ longestMs: 60_000, signal: never });
    expect(looks()).toBe(3);
  });

  it("are waited for no longer than asked, because deadlines pass without blocks", async () => {
    const { chain, looks } = chainAt("", "0x1");
    await newsOf(chain).until({ longestMs: 40, signal: never });
    expect(looks()).toBe(5);
  });

  it("are not made of a missing answer", async () => {
    const { chain, looks } = chainAt("", "0x1", undefined);
    await newsOf(chain).until({ longestMs: 20, signal: never });
    expect(looks()).toBe(5);
  });

  it("are not waited for when everything is to stop", async () => {
    const { chain, looks } = chainAt("", "0x1");
    await newsOf(chain).until({ longestMs: 60_000, signal: AbortSignal.abort() });
    expect(looks()).toBe(0);
  });
});

describe("news of a chain whose node takes subscriptions", () => {
  let node: SubscribingNode;
  afterEach(() => node.stop());

  /** Subscribed, and with the news that the subscription itself is. */
  async function subscribed() {
    node = await startSubscribingNode();
    const { chain, looks } = chainAt(node.url, "0x1");
    const isSubscribed = node.subscribed();
    const news = newsOf(chain);
    await isSubscribed;
    await news.until({ longestMs: 60_000, signal: never });
    return { news, looks: () => looks() };
  }

  it("come with a block, and nobody asks for its number", async () => {
    const { news, looks } = await subscribed();
    const asked = looks();
    const came = news.until({ longestMs: 60_000, signal: never });
    node.block();
    await came;
    await news.until({ longestMs: 10, signal: never });
    expect(looks()).toBe(asked);
  });

  it("are looked for again once the connection is lost", async () => {
    const { news, looks } = await subscribed();
    const asked = looks();
    const ended = news.until({ longestMs: 60_000, signal: never });
    node.drop();
    await ended;
    await news.until({ longestMs: 20, signal: never });
    expect(looks()).toBeGreaterThan(asked);
  });

  it("are looked for when the subscription is refused", async () => {
    node = await startSubscribingNode(false);
    const { chain, looks } = chainAt(node.url, "0x1", "0x1", "0x2");
    const isAnswered = node.subscribed();
    const news = newsOf(chain);
    await isAnswered;
    await news.until({ longestMs: 40, signal: never });
    expect(looks()).toBe(3);
  });
});
