import { afterEach, describe, expect, it } from "vitest";
import type { Chain } from "../../services/adapters/chain/connect.ts";
import { connectChain } from "../../services/adapters/chain/connect.ts";
import { chooseReadBlock, requireState } from "../../services/auditor/evidence/read-block.ts";
import { fakeNode, stopFakeNode } from "../market/fake-node.ts";

const nowhere = `0x${"00".repeat(20)}`;
const chains: Chain[] = [];

afterEach(() => {
  for (const chain of chains.splice(0)) chain.close();
  stopFakeNode();
});

const hex = (value: number) => `0x${value.toString(16)}`;
const blockOf = (number: number) => ({
  ...{ number: hex(number), hash: `0x${String(number).padStart(64, "0")}`, timestamp: "0x1" },
  ...{
    parentHash: `0x${"00".repeat(32)}`,
    nonce: `0x${"00".repeat(8)}`,
    difficulty: "0x0",
    gasLimit: "0x1",
  },
  ...{ gasUsed: "0x0", miner: nowhere, extraData: "0x", transactions: [] },
});

/** A node with 100 blocks, that names these of them. */
async function nodeNaming(
  named: { safe?: number | null; finalized?: number | null },
  changes: Parameters<typeof fakeNode>[1] = {},
) {
  const tags: Readonly<Record<string, number | null | undefined>> = named;
  const { rpcUrl } = await fakeNode(31337n, {
    eth_blockNumber: () => hex(100),
    eth_getBlockByNumber: ([asked]) => {
      const told = String(asked).startsWith("0x") ? Number(asked) : tags[String(asked)];
      return told === null || told === undefined || told > 100 ? null : blockOf(told);
    },
    ...changes,
  });
  const addresses = {
    ...{ market: nowhere, vault: nowhere, registry: nowhere, verifier: nowhere },
    ...{ wrappedNative: nowhere, deployBlock: 0 },
  };
  const chain = await connectChain({ rpcUrl, addresses });
  chains.push(chain);
  return chain;
}

describe("the block that an audit reads at", () => {
  it("is the last one that the node calls final, unless told", async () => {
    const chain = await nodeNaming({ finalized: 40 });

    expect(await chooseReadBlock(chain, undefined)).toEqual({
      ...{ block: 40, hash: `0x${"40".padStart(64, "0")}`, finality: "final", newestBlock: 100 },
    });
  });

  it.each([
    ["none", null],
    ["only the chain's beginning", 0],
  ])("is the newest one where the node calls %s final, and says so", async (_, finalized) => {
    const chain = await nodeNaming({ finalized });

    expect(await chooseReadBlock(chain, undefined)).toMatchObject({
      ...{ block: 100, finality: "unknown" },
    });
    await expect(chooseReadBlock(chain, "finalized")).rejects.toMatchObject({ code: "CW4605" });
  });

  it("is the newest one where the node does not know the word, as old ones do not", async () => {
    const chain = await nodeNaming(
      {},
      {
        eth_getBlockByNumber: ([asked]) => {
          if (asked === "finalized") throw new Error("hex string expected");
          return blockOf(Number(asked));
        },
      },
    );

    expect(await chooseReadBlock(chain, undefined)).toMatchObject({
      ...{ block: 100, finality: "unknown" },
    });
  });

  it("is the one that was asked for, final or not", async () => {
    const chain = await nodeNaming({ finalized: 40, safe: 70 });
    const chosen = async (choice: Parameters<typeof chooseReadBlock>[1]) => {
      const { block, finality } = await chooseReadBlock(chain, choice);
      return [block, finality];
    };

    expect(await chosen("latest")).toEqual([100, "not-final"]);
    expect(await chosen("safe")).toEqual([70, "not-final"]);
    expect(await chosen("finalized")).toEqual([40, "final"]);
    expect(await chosen(40)).toEqual([40, "final"]);
    expect(await chosen(41)).toEqual([41, "not-final"]);
    await expect(chosen(101)).rejects.toMatchObject({ code: "CW4605" });
  });

  it("is refused, by its own name, where the node has forgotten what was stored then", async () => {
    const refuse = () => {
      throw new Error("missing trie node");
    };
    const chain = await nodeNaming({ finalized: 40 }, { eth_call: refuse });

    await expect(requireState(chain, 1n, { block: 40, newestBlock: 100 })).rejects.toMatchObject({
      code: "CW4607",
    });
    await expect(requireState(chain, 1n, { block: 100, newestBlock: 100 })).rejects.toMatchObject({
      code: "CW2201",
    });
  });
});
