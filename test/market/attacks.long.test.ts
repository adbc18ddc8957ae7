import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createGatewayStore } from "../../services/adapters/content-store/gateway-store.ts";
import { auditProject } from "../../services/auditor/audit-project.ts";
import { type Market, startMarket } from "../../services/market/market.ts";
import { defaultMarketOptions, type MarketOptions } from "../../services/market/market-plan.ts";
import { marketReport } from "../../services/market/market-report.ts";
import { marketAttacks } from "../../services/market/up-options.ts";

const ROUNDS = 3;
/** What makes the model worse on the owner's samples, or is not there: it must earn almost nothing. */
const DESTRUCTIVE = ["sign-flip", "label-flip", "scaling", "free-rider", "sybil-duplicates"];

/** Those who play fair in each market. */
const FAIR = 7;

const others = marketAttacks().filter((name) => !DESTRUCTIVE.includes(name));
const half = Math.ceil(others.length / 2);
const groups: readonly Pick<MarketOptions, "model" | "attackers">[] = [
  { model: "cnn", attackers: [...DESTRUCTIVE, "sybil-duplicates"] },
  { model: "mlp", attackers: others.slice(0, half) },
  { model: "mlp", attackers: others.slice(half) },
];

/** Rounds of 16 slots: seven who play fair and up to six who do not, with every attack that a process can play. */
describe.each(groups)("a $model of seven fair trainers with $attackers", ({ model, attackers }) => {
  it("learns, pays those who attack to destroy almost nothing, and passes the audit", async () => {
    const folder = mkdtempSync(join(tmpdir(), "commonweight attacks "));
    const stopping = new AbortController();
    const options: MarketOptions = {
      ...defaultMarketOptions,
      ...{
        rounds: ROUNDS,
        trainers: FAIR + attackers.length,
        slots: 16,
        samples: 5200,
        split: "iid",
      },
      ...{ model, attackers, hasCrash: false },
    };
    let market: Market | undefined;
    try {
      market = await startMarket(
        { ...options, port: 0, stateFolder: join(folder, "market"), signal: stopping.signal },
        () => {},
      );
      const project = await market.ended;
      const report = await marketReport(market, project, options, []);
      const { chain, projectId } = market;
      const contentStore = createGatewayStore({ urls: [market.webUrl] });
      const audit = await auditProject({ chain, projectId, contentStore });

      expect(project.appliedRounds).toBe(ROUNDS);
      expect(project.escrowWei).toBe(0n);
      expect(audit.isPassed).toBe(true);
      const last = report.rounds.at(-1)?.accuracy ?? 0;
      expect(last).toBeGreaterThan(Number(report.initialAccuracy ?? 0) + 0.2);
      const fairWei = report.trainers
        .filter(({ attack }) => attack === null)
        .map(({ earnedWei }) => earnedWei);
      expect(fairWei).toHaveLength(FAIR);
      for (const earnedWei of fairWei) expect(earnedWei).toBeGreaterThan(0n);
      const everybody = report.trainers.reduce((sum, { earnedWei }) => sum + earnedWei, 0n);
      const fair = fairWei.reduce((sum, each) => sum + each, 0n);
      for (const { attack, earnedWei } of report.trainers) {
        if (attack === null || !DESTRUCTIVE.includes(attack)) continue;
        // A label flip may pass the first round, when the model knows nothing yet: that is a flat part, and no share.
        expect([attack, Number(earnedWei) / Number(everybody) < 0.01]).toEqual([attack, true]);
      }
      // Those who work honestly must not earn less than their number.
      const ofNumber = FAIR / (FAIR + attackers.length);
      expect(Number(fair) / Number(everybody)).toBeGreaterThan(ofNumber);
      console.log(
        report.trainers
          .map(
            ({ name, attack, earnedWei }) =>
              `${name} ${attack ?? "fair"} ${Number(earnedWei) / 1e18}`,
          )
          .join("\n"),
      );
    } finally {
      await market?.stop();
      stopping.abort();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 1_200_000);
});
