import { describe, expect, it } from "vitest";
import { amountText } from "../../services/protocol/market/token-amount.ts";
import { isOneLine, oneLine } from "../../services/protocol/one-line.ts";

describe("a stranger's words in a line of ours", () => {
  it.each([
    ["a line feed", "a\nb"],
    ["a carriage return", "a\rb"],
    ["a tab", "a\tb"],
    ["an escape", "a\u001bb"],
    ["a C1 control", "a\u009bb"],
    ["a line separator", "a\u2028b"],
    ["an override of the direction", "a\u202eb"],
    ["an isolate", "a\u2066b"],
  ])("are without %s", (_, text) => {
    expect(isOneLine(text)).toBe(false);
    expect(oneLine(text, 10)).toBe("a b");
  });

  it("are what they were otherwise, in any script", () => {
    for (const text of ["Pinguine, größer", "企鹅", "טקסט", "\u200fשלום\u200f!", "🐧"]) {
      expect(isOneLine(text)).toBe(true);
      expect(oneLine(text, 40)).toBe(text);
    }
  });

  it("end where they are too long, and say so", () => {
    expect(oneLine("abcdef", 4)).toBe("abc…");
    expect(oneLine("\n".repeat(1e6), 3)).toBe("  …");
  });

  it("are a token's own symbol, too", () => {
    const symbol = "ETH\nescrow    1000 ETH\u202e";

    expect(amountText(5n, { symbol, decimals: 0 })).toBe("5 ETH escrow    1…");
  });
});
