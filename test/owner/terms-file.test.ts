import { expect, it } from "vitest";
import { parseTerms } from "../../services/owner/posting/terms-file.ts";

const ACCOUNT = `0x${"11".repeat(20)}`;

/** What a file of these terms becomes, for three rounds of 4 wei. */
const terms = (changes: object) =>
  parseTerms(
    JSON.stringify({
      ...{ budgetPerRoundWei: "4", stakeWei: "1", rounds: 3, minTrainers: 3 },
      ...{ joinSeconds: 1, openSeconds: 1, commitSeconds: 1, revealSeconds: 1, settleSeconds: 1 },
      ...changes,
    }),
    {
      manifest: { fixedPoint: { fractionBits: 4, clipNorm: 1, ditherBits: 0 } },
      ...{ wrappedNative: ACCOUNT, account: ACCOUNT, aggregators: [ACCOUNT] },
    },
  );

it("takes no bond that no aggregator would put up", () => {
  expect(terms({ aggregatorBondWei: "12" }).aggregatorBondWei).toBe(12n);
  expect(() => terms({ aggregatorBondWei: "13" })).toThrow(
    "aggregatorBondWei: more than all rounds pay together",
  );
});
