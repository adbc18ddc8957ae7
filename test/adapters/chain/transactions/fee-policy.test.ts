import { describe, expect, it } from "vitest";
import {
  firstFees,
  replacementFees,
} from "../../../../services/adapters/chain/transactions/fee-policy.ts";

const policy = { maxFeePerGasWei: 1000n, replaceAfterMs: 1 };

describe("fees of a transaction", () => {
  it("offers twice the base fee and the tip, and never more than the cap", () => {
    expect(firstFees({ baseFeeWei: 100n, priorityFeeWei: 7n }, policy)).toEqual({
      maxFeePerGasWei: 207n,
      maxPriorityFeePerGasWei: 7n,
    });
    expect(firstFees({ baseFeeWei: 900n, priorityFeeWei: 2000n }, policy)).toEqual({
      maxFeePerGasWei: 1000n,
      maxPriorityFeePerGasWei: 1000n,
    });
  });

  it("refuses when even the base fee is above the cap, on both kinds of chain", () => {
    const code = "CW2208";
    expect(() => firstFees({ baseFeeWei: 1001n, priorityFeeWei: 0n }, policy)).toThrowError(
      expect.objectContaining({ code }),
    );
    expect(() => firstFees({ baseFeeWei: null, priorityFeeWei: 1001n }, policy)).toThrowError(
      expect.objectContaining({ code }),
    );
    expect(firstFees({ baseFeeWei: 1000n, priorityFeeWei: 0n }, policy).maxFeePerGasWei).toBe(
      1000n,
    );
  });

  it("replaces with at least a tenth more of both parts, and not at all when the cap is too near", () => {
    const network = { baseFeeWei: 1n, priorityFeeWei: 1n };
    for (let fee = 1n; fee < 1200n; fee += 13n) {
      const last = { maxFeePerGasWei: fee, maxPriorityFeePerGasWei: fee / 2n };
      const next = replacementFees(last, network, policy);
      if (next === undefined) {
        expect(fee + fee / 8n + 1n).toBeGreaterThan(1000n);
        continue;
      }
      expect(next.maxFeePerGasWei * 10n).toBeGreaterThanOrEqual(fee * 11n);
      expect(next.maxPriorityFeePerGasWei * 10n).toBeGreaterThanOrEqual((fee / 2n) * 11n);
      expect(next.maxPriorityFeePerGasWei).toBeLessThanOrEqual(next.maxFeePerGasWei);
      expect(next.maxFeePerGasWei).toBeLessThanOrEqual(1000n);
    }
  });

  it("follows the market when it has risen by more than that", () => {
    const last = { maxFeePerGasWei: 10n, maxPriorityFeePerGasWei: 1n };
    expect(replacementFees(last, { baseFeeWei: 200n, priorityFeeWei: 5n }, policy)).toEqual({
      maxFeePerGasWei: 405n,
      maxPriorityFeePerGasWei: 5n,
    });
  });
});
