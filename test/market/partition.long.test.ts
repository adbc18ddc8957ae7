import { dirname } from "node:path";
import { expect, it } from "vitest";
import { faultEnvironment, setMachineFaults } from "../../bench/faults/machine-faults.ts";
import type { AggregatorProcess } from "./small-market-aggregator.ts";
import { expectNothingLost, withSmallMarket } from "./small-market-checks.ts";

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
