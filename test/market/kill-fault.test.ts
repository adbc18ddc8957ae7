import { rmSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeAccount, expectAccounted, withSmallMarket } from "./small-market-checks.ts";

it("an aggregator that is killed in the middle of rounds goes on where it was, behind a node that fails one request in seven", async () => {
  await withSmallMarket({ longestMs: 90_000, rounds: 2, faults: true }, async (market) => {
    const [primary] = market.aggregators;
    const killed: string[] = [];
    market.onEvent(async ({ type, who, roundIndex }) => {
      if (who !== "primary" || killed.includes(type)) return;
      // While it proves; and, with its whole memory gone, when it knows of bundles but has fetched none of them: their
      // trainers must come back to it, because it does not know where they are.
      const isMoment = roundIndex === 0 ? type === "proving" : type === "updates-relayed";
      if (!isMoment) return;
      killed.push(type);
      await primary?.kill();
      if (type === "updates-relayed") {
        for (const suffix of ["", "-wal", "-shm"]) {
          rmSync(join(primary?.stateFolder ?? "", `aggregator.sqlite${suffix}`), { force: true });
        }
      }
      await primary?.start();
    });

    const project = await market.ended;

    expect(killed).toEqual(["proving", "updates-relayed"]);
    expect(project.appliedRounds).toBe(2);
    const sent = await describeAccount(market, primary?.account ?? "");
    expect(sent.perMethod).toMatchObject({ openRound: 2, settleRound: 2 });
    await expectAccounted(market);
    expect(market.rpc?.counts.size).toBeGreaterThanOrEqual(4);
  });
});
