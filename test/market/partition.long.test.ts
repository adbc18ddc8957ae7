import { dirname } from "node:path";
import { expect, it } from "vitest";
import { faultEnvironment, setMachineFaults } from "../../bench/faults/machine-faults.ts";
import { readSettlements, readVoidedRounds } from "../../services/adapters/chain/history.ts";
import { unpackOutcome } from "../../services/protocol/public-signals.ts";
import type { AggregatorProcess } from "./small-market-aggregator.ts";
import {
  describeAccount,
  expectAccounted,
  type TestedMarket,
  withSmallMarket,
} from "./small-market-checks.ts";

/** Every round was applied by its first opening, with every update of every trainer. */
async function expectNothingLost(market: TestedMarket, rounds: number): Promise<void> {
  const project = await market.ended;
  const settlements = await readSettlements(market.chain, market.projectId);
  const verdicts = settlements.flatMap(({ outcomeWords, trainers }) =>
    unpackOutcome(outcomeWords, 8).verdicts.slice(0, trainers.length),
  );
  const { perMethod } = await describeAccount(market, market.aggregators[0]?.account ?? "");
  expect(project.appliedRounds).toBe(rounds);
  expect(await readVoidedRounds(market.chain, market.projectId)).toEqual([]);
  expect(verdicts).toEqual(new Array(rounds * market.trainers.length).fill("accepted"));
  expect(perMethod).toMatchObject({ openRound: rounds, settleRound: rounds });
  await expectAccounted(market);
}

it("an aggregator whose IPFS node is cut off while updates come in waits for their content, and settles with all of them", async () => {
  await withSmallMarket({ longestMs: 280_000, rounds: 2 }, async (market) => {
    const [primary] = market.aggregators as [AggregatorProcess];
    const folder = dirname(primary.stateFolder);
    const openPorts = [market.embedded.rpcUrl, primary.url].map((url) => Number(new URL(url).port));
    const waited: unknown[] = [];
    let trained = 0;
    let isCut = false;
    market.onEvent(async ({ who, type, roundIndex, for: reason }) => {
      if (who === "primary" && type === "round-opened" && roundIndex === 0) {
        await primary.kill();
        await primary.start(faultEnvironment(folder, "primary"));
      }
      // Everybody has what training needs, and nobody's update is with the aggregator.
      if (type === "trained" && roundIndex === 1 && ++trained === market.trainers.length) {
        isCut = true;
        setMachineFaults(folder, "primary", { openPorts });
      }
      // Updates and keys came by its service; what they belong to did not come.
      if (isCut && type === "waiting" && /readable|bundles/.test(String(reason))) {
        isCut = false;
        waited.push(reason);
        setMachineFaults(folder, "primary");
      }
    });

    await expectNothingLost(market, 2);
    expect(waited).toHaveLength(1);
  });
}, 360_000);
