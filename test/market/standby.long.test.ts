import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findEvents } from "../../services/adapters/chain/project-events.ts";
import { readSettlements } from "../../services/adapters/chain/rounds/settlements.ts";
import { startMarket } from "../../services/market/market.ts";
import type { MarketEvent } from "../../services/market/market-event.ts";
import { defaultMarketOptions } from "../../services/market/market-plan.ts";

/** Minutes long, because windows must really pass: part of the long tier (`npm run test:e2e`). */
describe("the standby", () => {
  it("settles the open round and all later ones when the primary is killed, and earns part of its bond", async () => {
    const folder = mkdtempSync(join(tmpdir(), "commonweight standby "));
    const stopping = new AbortController();
    const events: MarketEvent[] = [];
    let isKilled = false;
    const market = await startMarket(
      {
        ...defaultMarketOptions,
        rounds: 3,
        trainers: 4,
        model: "logistic",
        slots: 8,
        samples: 1600,
        attackers: [],
        hasCrash: false,
        port: 0,
        stateFolder: join(folder, "market"),
        signal: stopping.signal,
        terms: { openSeconds: 20, revealSeconds: 20, settleSeconds: 30 },
      },
      (event) => {
        events.push(event);
        // In the middle of the second round: updates are in, nothing is settled.
        if (event.type !== "key-released" || event.roundIndex !== 1 || isKilled) return;
        isKilled = true;
        market.kill("aggregator");
      },
    );
    try {
      const project = await market.ended;
      const settlements = await readSettlements(market.chain, market.projectId);
      const forfeits = await findEvents(market.chain, "BondForfeited", [market.projectId]);

      expect(isKilled).toBe(true);
      expect(project.appliedRounds).toBe(3);
      expect(settlements[0]?.settledBy).toBe(project.terms.aggregators[0]);
      expect(settlements.at(-1)?.settledBy).toBe(project.terms.aggregators[1]);
      expect(forfeits.length).toBeGreaterThanOrEqual(1);
      expect(project.escrowWei).toBe(0n);
    } finally {
      await market.stop();
      stopping.abort();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 900_000);
});
