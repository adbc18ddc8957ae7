import { expect, it } from "vitest";
import { voidReasons } from "../../../services/adapters/chain/rounds/round-events.ts";
import { describeMarketEvent } from "../../../services/market/market-lines.ts";
import { watchLine } from "../../../services/owner/watch/watch-lines.ts";
import { voidWords } from "../../../services/protocol/market/void-words.ts";

it.each(voidReasons)("%s has words, and people read those", (reason) => {
  const words = voidWords(reason);
  const event = { type: "round-voided", roundIndex: 0, reason };

  expect(words).not.toContain("-");
  expect(watchLine(event, String)).toBe(`round 0: came to nothing: ${words}`);
  expect(describeMarketEvent({ process: "chain", ...event, type: "voided" })).toContain(words);
});

it("what is no reason of the contract is said as it is", () => {
  expect(voidWords("storm")).toBe("storm");
});
