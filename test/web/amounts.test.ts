import fc from "fast-check";
import { expect, test } from "vitest";
import { exactAmount } from "../../services/protocol/market/token-amount.ts";
import { shortAmount } from "../../web/amounts.ts";

const ether = { symbol: "ETH", decimals: 18 };

test("short amounts are cut, never rounded up", () => {
  expect(shortAmount(999_999_999_999_999_999n, ether)).toBe("0.9999 ETH");
  expect(shortAmount(1n, ether)).toBe("<0.0001 ETH");
  expect(shortAmount(0n, ether)).toBe("0 ETH");
  expect(shortAmount(1_500_000n, { symbol: "USD", decimals: 6 })).toBe("1.5 USD");
});

test("exact amounts lose no digit", () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 2n ** 128n }),
      fc.integer({ min: 0, max: 24 }),
      (wei, decimals) => {
        const [whole = "", fraction = ""] = exactAmount(wei, decimals).split(".");
        expect(BigInt(whole + fraction.padEnd(decimals, "0"))).toBe(wei);
      },
    ),
  );
});
