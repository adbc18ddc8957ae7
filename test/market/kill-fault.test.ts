import { expect, it } from "vitest";
import { describeAccount, expectAccounted, withSmallMarket } from "./small-market-checks.ts";

it("an aggregator that is killed in the middle of a round goes on where it was, behind a node that fails one request in seven", async () => {
  await withSmallMarket({ longestMs: 90_000, rounds: 2, faults: true }, async (market) => {
    const [primary] = market.aggregators;
    let kills = 0;
    market.onEvent(async ({ type, who }) => {
      // Once while it proves, and the transaction of another time is on its way.
      if (who !== "primary" || type !== "proving" || kills > 0) return;
      kills++;
      await primary?.kill();
      await primary?.start();
    });

    const project = await market.ended;

    expect(kills).toBe(1);
    expect(project.appliedRounds).toBe(2);
    const sent = await describeAccount(market, primary?.account ?? "");
    expect(sent.perMethod).toMatchObject({ openRound: 2, settleRound: 2 });
    await expectAccounted(market);
    expect(market.rpc?.counts.size).toBeGreaterThanOrEqual(4);
  });
}, 120_000);
