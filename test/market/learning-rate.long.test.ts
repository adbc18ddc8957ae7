import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readOpenings } from "../../services/adapters/chain/rounds/round-events.ts";
import { createGatewayStore } from "../../services/adapters/content-store/gateway-store.ts";
import { getRoundJob } from "../../services/adapters/dag-json/round-job-store.ts";
import { auditProject } from "../../services/auditor/audit-project.ts";
import { startMarket } from "../../services/market/market.ts";
import type { MarketEvent } from "../../services/market/market-event.ts";
import { defaultMarketOptions } from "../../services/market/market-plan.ts";

/** A project that starts with steps much too long: part of the long tier (`npm run test:e2e`). */
describe("a project whose learning rate may change", () => {
  it("halves it on chain for everybody when models stop getting better, within the owner's bounds", async () => {
    const folder = mkdtempSync(join(tmpdir(), "commonweight rate "));
    const stopping = new AbortController();
    const events: MarketEvent[] = [];
    const market = await startMarket(
      {
        ...defaultMarketOptions,
        rounds: 7,
        trainers: 3,
        model: "logistic",
        slots: 8,
        samples: 1200,
        attackers: [],
        hasCrash: false,
        port: 0,
        stateFolder: join(folder, "market"),
        signal: stopping.signal,
        training: { learningRate: 3, bounds: { learningRate: [0.05, 3], epochs: [2, 2] } },
      },
      (event) => events.push(event),
    );
    try {
      const project = await market.ended;
      const { chain, projectId } = market;
      const contentStore = createGatewayStore({ urls: [market.webUrl] });
      const openings = await readOpenings(chain, projectId);
      const announced = openings.filter(({ jobCid }) => jobCid !== "");
      const jobs = await Promise.all(
        announced.map(({ jobCid }) => getRoundJob(contentStore, jobCid)),
      );
      const audit = await auditProject({ chain, projectId, contentStore });

      expect(project.appliedRounds).toBe(7);
      expect(openings[0]?.jobCid).toBe("");
      expect(jobs.length).toBeGreaterThan(0);
      expect(jobs[0]).toEqual({ version: 1, learningRate: 1.5 });
      const checked = audit.checks.filter(({ name }) => name.startsWith("round job"));
      expect(checked.map(({ isPassed }) => isPassed)).toEqual(jobs.map(() => true));
      expect(audit.isPassed).toBe(true);
      // Trainers followed: each took part in the first round of the new rate and was judged with it.
      const roundIndex = announced[0]?.roundIndex;
      const outcomes = events.filter(
        (event) => event.type === "outcome" && event.roundIndex === roundIndex,
      );
      expect(outcomes.map(({ verdict }) => verdict)).toEqual(["accepted", "accepted", "accepted"]);
    } finally {
      await market.stop();
      stopping.abort();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 900_000);
});
