import { rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { faultEnvironment, setMachineFaults } from "../../bench/faults/machine-faults.ts";
import { readModels } from "../../services/adapters/chain/rounds/published-models.ts";
import { readSettlements } from "../../services/adapters/chain/rounds/settlements.ts";
import type { AggregatorProcess } from "./small-market-aggregator.ts";
import { expectAccounted, withSmallMarket } from "./small-market-checks.ts";

/** Longer than the default tier: the standby's window must really come. */
it("a model that died with the primary before anybody fetched it is computed again by the standby, and the project goes on", async () => {
  await withSmallMarket(
    {
      longestMs: 200_000,
      rounds: 2,
      aggregators: 2,
      terms: { openSeconds: 15, revealSeconds: 15, settleSeconds: 30 },
    },
    async (market) => {
      const { provider } = market.chain;
      const [primary, standby] = market.aggregators as [AggregatorProcess, AggregatorProcess];
      const folder = dirname(primary.stateFolder);
      const openPorts = [Number(new URL(market.embedded.rpcUrl).port)];
      let isDead = false;
      market.onEvent(async ({ type, who, roundIndex }) => {
        if (who !== "primary" || isDead || roundIndex !== 0) return;
        if (type === "round-opened") {
          await primary.kill();
          await primary.start(faultEnvironment(folder, "primary"));
        }
        // It has all that a proof needs, and from now on only the chain hears of it: the model that it announces is fetched by nobody.
        if (type === "proving") setMachineFaults(folder, "primary", { openPorts });
        if (type !== "proven") return;
        isDead = true;
        // The settlement waits in the pool, so that nobody can hear of the model before its only holder is gone.
        await provider.send("evm_setIntervalMining", [0]);
        await provider.send("evm_setAutomine", [false]);
        for (let pending = 0; pending === 0; ) {
          const block = await provider.send("eth_getBlockByNumber", ["pending", false]);
          pending = (block as { transactions: string[] }).transactions.length;
        }
        await primary.kill();
        rmSync(join(primary.stateFolder, "ipfs"), { recursive: true });
        await provider.send("evm_setAutomine", [true]);
        await provider.send("evm_setIntervalMining", [1000]);
      });

      const project = await market.ended;

      const models = await readModels(market.chain, market.projectId);
      const settlements = await readSettlements(market.chain, market.projectId);
      const rebuilt = market.events.filter(({ type }) => type === "model-rebuilt");
      expect(isDead).toBe(true);
      expect(project.appliedRounds).toBe(2);
      expect(settlements.map(({ settledBy }) => settledBy)).toEqual([
        primary.account,
        standby.account,
      ]);
      expect(rebuilt).toMatchObject([
        { who: "standby", modelCid: models[1]?.cid, publishedCid: models[1]?.cid },
      ]);
      await expectAccounted(market);
    },
  );
}, 300_000);
