import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findAnvil } from "../../services/adapters/anvil-chain.ts";
import { readSettlements } from "../../services/adapters/chain/rounds/settlements.ts";
import { createGatewayStore } from "../../services/adapters/content-store/gateway-store.ts";
import { auditProject } from "../../services/auditor/audit-project.ts";
import { type Market, startMarket } from "../../services/market/market.ts";
import { defaultMarketOptions, type MarketOptions } from "../../services/market/market-plan.ts";
import { findMarketRecord } from "../../services/market/market-record.ts";
import { marketReport } from "../../services/market/market-report.ts";

const options: MarketOptions = {
  ...defaultMarketOptions,
  ...{ rounds: 3, trainers: 3, model: "logistic", slots: 8, samples: 1200 },
  ...{ attackers: [], hasCrash: false },
};

/** On an independent node, when its npm package came with the install (optional on some platforms). */
describe.skipIf(findAnvil(process.env.PATH) === undefined)(
  "a market on anvil that is stopped",
  () => {
    it("goes on in the middle of its round, is paid and audited, and can be looked at after its end", async () => {
      const folder = mkdtempSync(join(tmpdir(), "commonweight anvil "));
      const stateFolder = join(folder, "market");
      const stopping = new AbortController();
      const start = (
        onEvent: (event: { type: string; roundIndex?: unknown }) => void = () => {},
      ) => {
        const continued = findMarketRecord(stateFolder);
        const { signal } = stopping;
        return startMarket(
          {
            ...(continued?.options ?? options),
            ...{ port: 0, stateFolder, node: "anvil", continued, signal },
          },
          onEvent,
        );
      };
      let market: Market | undefined;
      try {
        const isProving = Promise.withResolvers<void>();
        market = await start(({ type, roundIndex }) => {
          if (type === "proving" && roundIndex === 1) isProving.resolve();
        });
        await isProving.promise;
        const before = await readSettlements(market.chain, market.projectId);
        await market.stop();

        market = await start();
        const project = await market.ended;
        const after = await readSettlements(market.chain, market.projectId);
        expect(before.length).toBe(1);
        expect(after.slice(0, 1)).toEqual(before);
        expect(project.appliedRounds).toBe(3);
        expect(project.escrowWei).toBe(0n);
        const contentStore = createGatewayStore({ urls: [market.webUrl] });
        const { chain, projectId } = market;
        const audit = await auditProject({ chain, projectId, contentStore });
        expect(audit.isPassed).toBe(true);
        await market.stop();

        market = await start();
        const report = await marketReport(market, await market.ended, options, []);
        expect(report.rounds.map(({ accuracy }) => accuracy === null)).toEqual([
          false,
          false,
          false,
        ]);
        expect(report.rounds.every(({ gasUsed }) => Number(gasUsed) > 100_000)).toBe(true);
      } finally {
        await market?.stop();
        stopping.abort();
        rmSync(folder, { recursive: true, force: true });
      }
    }, 600_000);
  },
);
