import { describe, expect, it } from "vitest";
import {
  createGasLimits,
  withGasMargin,
} from "../../../../services/adapters/chain/transactions/gas-limits.ts";

const FROM = `0x${"01".repeat(20)}`;
const MARKET = `0x${"02".repeat(20)}`;
const SETTLE = { to: MARKET, data: "0x11111111aa", valueWei: 0n };

/** A node on which a call takes `needed` gas, or is refused. */
function nodeWith(needed: bigint) {
  const node = { needed, refusal: undefined as Error | undefined, asked: [] as string[] };
  const limits = createGasLimits(
    {
      call: async ({ gasLimit, from }: { gasLimit: bigint; from: string }) => {
        node.asked.push("call");
        expect(from).toBe(FROM);
        if (node.refusal !== undefined) throw node.refusal;
        if (gasLimit < node.needed) throw new Error("out of gas");
        return "0x";
      },
      estimateGas: async () => {
        node.asked.push("estimate");
        if (node.refusal !== undefined) throw node.refusal;
        return node.needed;
      },
    } as never,
    FROM,
  );
  return { node, limits };
}

describe("gas limits", () => {
  it("are estimated the first time, and then found by running the call once", async () => {
    const { node, limits } = nodeWith(600_000n);
    expect(await limits.find(SETTLE)).toBe(withGasMargin(600_000n));
    limits.note(SETTLE, 600_000n);
    node.needed = 640_000n;

    const second = await limits.find({ ...SETTLE, data: "0x11111111bb" });

    expect(node.asked).toEqual(["estimate", "call"]);
    expect(second).toBeGreaterThan(withGasMargin(node.needed));
  });

  it("are estimated for what takes much more than the last one", async () => {
    const { node, limits } = nodeWith(600_000n);
    limits.note(SETTLE, 600_000n);
    node.needed = 1_200_000n;

    expect(await limits.find(SETTLE)).toBe(withGasMargin(1_200_000n));
    expect(node.asked).toEqual(["call", "estimate"]);
  });

  it("are not found for what the contract refuses: the estimate says why", async () => {
    const { node, limits } = nodeWith(600_000n);
    limits.note(SETTLE, 600_000n);
    node.refusal = new Error("MarketWrongPhase");

    await expect(limits.find(SETTLE)).rejects.toThrow("MarketWrongPhase");
    expect(node.asked).toEqual(["call", "estimate"]);
  });

  it("of another function, another contract or a bare payment are estimated", async () => {
    const { node, limits } = nodeWith(50_000n);
    const payment = { ...SETTLE, data: "0x" };
    limits.note(SETTLE, 600_000n);
    limits.note(payment, 21_000n);
    await limits.find({ ...SETTLE, data: "0x22222222aa" });
    await limits.find({ ...SETTLE, to: FROM });
    await limits.find(payment);

    expect(node.asked).toEqual(["estimate", "estimate", "estimate"]);
  });

  it("have room for every payment after a failure, until one is mined: a payee may take more than when it was estimated", async () => {
    const { limits } = nodeWith(600_000n);
    limits.noteFailure(SETTLE);
    limits.noteFailure({ ...SETTLE, data: "0x" });

    expect(await limits.find(SETTLE)).toBe(withGasMargin(600_000n) + 43n * 150_000n);
    expect(await limits.find({ ...SETTLE, data: "0x22222222aa" })).toBe(withGasMargin(600_000n));
    limits.note(SETTLE, 600_000n);
    expect(await limits.find(SETTLE)).toBeLessThan(1_500_000n);
  });

  it.each([
    [15_000_000n, 2n ** 24n],
    [20_000_000n, withGasMargin(20_000_000n) + 43n * 150_000n],
  ])(
    "of %d end where networks limit a transaction, unless it needs more",
    async (needed, limit) => {
      const { limits } = nodeWith(needed);
      limits.noteFailure(SETTLE);

      expect(await limits.find(SETTLE)).toBe(limit);
    },
  );
});
