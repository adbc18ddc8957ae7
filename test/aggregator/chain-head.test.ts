import { describe, expect, it } from "vitest";
import type { Chain } from "../../services/adapters/chain/connect.ts";
import { ChainHead } from "../../services/aggregator/chain-head.ts";

const at = (number: number): Chain =>
  ({ provider: { getBlock: async () => ({ number, timestamp: 1000 + number }) } }) as never;

describe("the head of the chain", () => {
  it("refuses the past of a node that is behind, and takes it when it lasts", async () => {
    const head = new ChainHead();
    expect(await head.read(at(7), 0)).toEqual({ number: 7, time: 1007 });

    await expect(head.read(at(6), 1000)).rejects.toMatchObject({ code: "CW5008" });
    await expect(head.read(at(6), 15_999)).rejects.toMatchObject({ code: "CW5008" });
    // That long no node is behind: the chain was reorganised to a shorter one.
    expect((await head.read(at(6), 16_000)).number).toBe(6);
    expect((await head.read(at(6), 16_001)).number).toBe(6);
  });

  it("forgets that a node was behind as soon as another is not", async () => {
    const head = new ChainHead();
    await head.read(at(7), 0);
    await expect(head.read(at(5), 1000)).rejects.toMatchObject({ code: "CW5008" });
    await head.read(at(8), 2000);

    await expect(head.read(at(5), 16_500)).rejects.toMatchObject({ code: "CW5008" });
  });
});
