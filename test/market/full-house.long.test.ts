import { existsSync } from "node:fs";
import { expect, it } from "vitest";
import { trust32KeyBytecode } from "../../services/adapters/chain/generated/bytecode/trust32-key.ts";
import { readSettlements } from "../../services/adapters/chain/rounds/settlements.ts";
import { unpackOutcome } from "../../services/protocol/round/public-signals.ts";
import { describeAccount, expectAccounted, withSmallMarket } from "./small-market-checks.ts";

const SLOTS = 32;
/** All but the reference, the pay gradient and the last result. */
const TRAINERS = 29;
const ROUNDS = 2;
/** `npm run circuits -- trust-32` makes it; the repository does not keep it. */
const hasKey = existsSync(new URL("../../circuits/keys/trust-32.zkey.gz", import.meta.url));

/** Skipped, and shown as skipped, where the key is missing. */
it.skipIf(!hasKey)(
  "29 trainers at once: every update is read in every round, everybody is paid, and every wei is accounted for",
  async () => {
    await withSmallMarket(
      {
        longestMs: 840_000,
        rounds: ROUNDS,
        trainers: TRAINERS,
        terms: { slots: SLOTS },
        moreKeys: [{ name: "Trust32Key", bytecode: trust32KeyBytecode }],
      },
      async (market) => {
        const project = await market.ended;

        const settlements = await readSettlements(market.chain, market.projectId);
        expect(project.appliedRounds).toBe(ROUNDS);
        expect(settlements).toHaveLength(ROUNDS);
        for (const { trainers, outcomeWords, earningsWei } of settlements) {
          const { verdicts } = unpackOutcome(outcomeWords, SLOTS);
          expect([...trainers].sort()).toEqual([...market.trainers].sort());
          expect(verdicts.slice(0, TRAINERS)).toEqual(new Array(TRAINERS).fill("accepted"));
          expect(earningsWei.every((each) => each > 0n)).toBe(true);
        }
        await expectAccounted(market);
        const { sent } = await describeAccount(market, market.aggregators[0]?.account ?? "");
        // What docs/performance.md quotes; no test depends on it.
        for (const { calls, gasUsed } of sent)
          console.log(`${calls.join(" and ")}: ${gasUsed} gas`);
        for (const { type, seconds } of market.events) {
          if (type === "proven") console.log(`proven in ${seconds} s`);
        }
        console.log(
          `${Math.round(process.resourceUsage().maxRSS / 1024)} MB at most, trainers' process`,
        );
      },
    );
  },
  900_000,
);
