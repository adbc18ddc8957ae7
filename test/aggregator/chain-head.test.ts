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

  it("takes the answers of one node to questions asked at once in whatever order they come", async () => {
    const head = new ChainHead();
    await head.read(at(7), 0);
    const answers: (() => void)[] = [];
    const slowly = (number: number): Chain =>
      ({
        provider: {
          getBlock: () =>
            new Promise((resolve) => {
              answers.push(() => resolve({ number, timestamp: 1000 + number }));
            }),
        },
      }) as never;

    const [first, second] = [head.read(slowly(7), 1000), head.read(slowly(8), 1000)];
    answers[1]?.();
    expect((await second).number).toBe(8);
    answers[0]?.();

    expect((await first).number).toBe(7);
    await expect(head.read(at(7), 1001)).rejects.toMatchObject({ code: "CW5008" });
  });
});
