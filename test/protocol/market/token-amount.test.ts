import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  coinColumn,
  exactAmount,
  NATIVE_COIN,
  readTokenAmount,
  unitOfAmount,
} from "../../../services/protocol/market/token-amount.ts";

const DOLLARS = { symbol: "USDC", decimals: 6 };
const WRAPPED = { symbol: "WNATIVE", decimals: 18, alias: "ETH" };
const ETHER = 10n ** 18n;

describe("an amount that somebody typed", () => {
  it.each([
    ["0.5", NATIVE_COIN, ETHER / 2n],
    [" 12 ", DOLLARS, 12_000_000n],
    ["0.000001", DOLLARS, 1n],
    ["1.5 usdc", DOLLARS, 1_500_000n],
    ["2ETH", WRAPPED, 2n * ETHER],
    ["2 wnative", WRAPPED, 2n * ETHER],
    ["1000wei", DOLLARS, 1000n],
    ["7 WEI", NATIVE_COIN, 7n],
    ["0", DOLLARS, 0n],
  ])("%j is understood", (text, token, amountWei) => {
    expect(readTokenAmount(text, token)).toBe(amountWei);
  });

  it.each([
    ["0.0000001", DOLLARS, "is finer than USDC can be divided: it has 6 decimals"],
    ["1 ETH", DOLLARS, "is in ETH, but the token is USDC"],
    ["0.5wei", NATIVE_COIN, "nothing is smaller than one wei"],
    ["1,5", NATIVE_COIN, "is no amount like 0.5"],
    ["1e18", NATIVE_COIN, "is no amount"],
    ["-1", NATIVE_COIN, "is no amount"],
    [".5", NATIVE_COIN, "is no amount"],
    ["", NATIVE_COIN, "is no amount"],
  ])("%j is refused in words that say why", (text, token, words) => {
    expect(readTokenAmount(text, token)).toContain(words);
  });

  it("is read back from how it is written, to the last wei", () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 2n ** 88n }),
        fc.integer({ min: 0, max: 24 }),
        (amountWei, decimals) => {
          const text = exactAmount(amountWei, decimals);
          expect(readTokenAmount(text, { symbol: "X", decimals })).toBe(amountWei);
          expect(readTokenAmount(`${amountWei}wei`, { symbol: "X", decimals })).toBe(amountWei);
        },
      ),
    );
  });

  it("shows the unit behind it before its token is known", () => {
    expect(unitOfAmount("5")).toBe("");
    expect(unitOfAmount("5 USDC")).toBe("usdc");
    expect(unitOfAmount("five")).toBeUndefined();
  });
});

it("a column of amounts is cut, never rounded up", () => {
  expect(coinColumn(999_999_999_999_999_999n)).toBe("0.9999");
  expect(coinColumn(0n)).toBe("0.0000");
});
