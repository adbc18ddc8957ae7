import { describe, expect, it } from "vitest";
import type { Chain } from "../../../services/adapters/chain/connect.ts";
import { untilNews } from "../../../services/adapters/chain/until-news.ts";

/** A node that answers with these block numbers, the last one for ever; a refusal where there is none. */
function chainAt(...blocks: (string | undefined)[]): { chain: Chain; looks: () => number } {
  let looks = 0;
  const send = async () => {
    const block = blocks[Math.min(looks++, blocks.length - 1)];
    if (block === undefined) throw new Error("no answer");
    return block;
  };
  return { chain: { provider: { send } } as unknown as Chain, looks: () => looks };
}
const never = new AbortController().signal;

describe("waiting for news of the chain", () => {
  it("ends with the first new block", async () => {
    const { chain, looks } = chainAt("0x1", "0x1", "0x2");
    await untilNews(chain, { longestMs: 40, signal: never });
    expect(looks()).toBe(3);
  });

  it("ends without one after the longest wait, because deadlines pass without blocks", async () => {
    const { chain, looks } = chainAt("0x1");
    await untilNews(chain, { longestMs: 40, signal: never });
    expect(looks()).toBe(5);
  });

  it("takes no answer for no news", async () => {
    const { chain, looks } = chainAt("0x1", undefined);
    await untilNews(chain, { longestMs: 20, signal: never });
    expect(looks()).toBe(5);
  });

  it("ends at once when everything is to stop", async () => {
    const { chain, looks } = chainAt("0x1");
    await untilNews(chain, { longestMs: 60_000, signal: AbortSignal.abort() });
    expect(looks()).toBe(1);
  });
});
