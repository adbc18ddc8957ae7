import { expect, it } from "vitest";
import { describeAccount, expectAccounted, withSmallMarket } from "./small-market-checks.ts";

it("rounds are settled behind a node that drops, delays, refuses and answers of the past", async () => {
  await withSmallMarket(
    { longestMs: 200_000, rounds: 4, faults: true, seed: 5 },
    async (market) => {
      const [primary] = market.aggregators;

      const project = await market.ended;

      expect(project.appliedRounds).toBe(4);
      const { perMethod } = await describeAccount(market, primary?.account ?? "");
      expect(perMethod).toMatchObject({ openRound: 4, settleRound: 4 });
      expect([...(market.rpc?.counts.keys() ?? [])].sort()).toEqual(
        ["delay", "drop", "lose-answer", "old-block", "server-error", "too-many"].sort(),
      );
      await expectAccounted(market);
    },
  );
}, 300_000);

it("what a reorganisation takes back is done again", async () => {
  await withSmallMarket({ longestMs: 200_000, rounds: 3 }, async (market) => {
    const { provider } = market.chain;
    const [primary] = market.aggregators;
    const undone: string[] = [];
    let snapshot: string | undefined;
    market.onEvent(async ({ type, who, roundIndex }) => {
      if (who !== "primary" || roundIndex !== 1) return;
      // The updates of the second round are relayed, and then they never were.
      if (type === "round-opened" && snapshot === undefined) {
        snapshot = await provider.send("evm_snapshot", []);
      }
      if (type === "updates-relayed" && undone.length === 0) {
        undone.push(type);
        await provider.send("evm_revert", [snapshot]);
      }
    });

    const project = await market.ended;

    expect(undone).toEqual(["updates-relayed"]);
    expect(project.appliedRounds).toBe(3);
    const { perMethod } = await describeAccount(market, primary?.account ?? "");
    expect(perMethod).toMatchObject({ openRound: 3, settleRound: 3, submitUpdates: 3 });
    await expectAccounted(market);
  });
}, 300_000);
