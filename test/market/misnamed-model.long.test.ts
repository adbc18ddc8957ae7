import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readModels } from "../../services/adapters/chain/rounds/published-models.ts";
import { createGatewayStore } from "../../services/adapters/content-store/gateway-store.ts";
import { auditProject } from "../../services/auditor/audit-project.ts";
import { modelCopyKeepers } from "../../services/command-line/model-copies.ts";
import { pullModel } from "../../services/owner/model/pull-model.ts";
import { NOBODYS_CID } from "./misnaming-aggregator.ts";
import type { AggregatorProcess } from "./small-market-aggregator.ts";
import { expectAccounted, withSmallMarket } from "./small-market-checks.ts";

const misnaming = {
  longestMs: 280_000,
  rounds: 3,
  aggregators: 2,
  primaryEnvironment: {
    NODE_OPTIONS: `--import=${new URL("./misnaming-aggregator.ts", import.meta.url).href}`,
  },
} as const;

/** Longer than the default tier: a file that nobody has is looked for, and then computed again. */
describe("an aggregator that names other files than the models it makes", () => {
  it("stops nobody: the standby computes them again, and everybody finds them with it", async () => {
    await withSmallMarket(misnaming, async (market) => {
      const { chain, projectId } = market;
      const [primary, standby] = market.aggregators as [AggregatorProcess, AggregatorProcess];
      const isOver = new Promise<void>((resolve) => {
        market.onEvent(({ who, type }) => {
          if (who === "standby" && type === "project-ended") resolve();
        });
      });

      const { terms, appliedRounds } = await market.ended;
      await isOver;

      expect(appliedRounds).toBe(3);
      await expectAccounted(market);
      const models = await readModels(chain, projectId);
      const rebuilt = market.events.filter(({ type }) => type === "model-rebuilt");
      const [first, second, third] = rebuilt.map(({ publishedCid }) => publishedCid as string);
      expect(rebuilt.map(({ who }) => who)).toEqual(["standby", "standby", "standby"]);
      expect(models.slice(1).map(({ cid }) => cid)).toEqual([NOBODYS_CID, first, first]);
      expect(second).not.toBe(first);

      // Only the aggregators have anything, and the one that lies answers as well.
      const contentStore = createGatewayStore({ urls: [primary.url, standby.url] });
      const pulled = await pullModel({
        ...{ chain, projectId, contentStore },
        cacheDir: join(primary.stateFolder, "cache"),
      });
      expect(pulled.published.cid).toBe(third);
      expect(pulled.committed.commitment).toEqual(models[3]?.commitment);

      const audit = await auditProject({
        ...{ chain, projectId, contentStore },
        copyKeepers: modelCopyKeepers(chain, { projectId, ...terms }),
      });
      const files = audit.checks.filter(({ name }) => name.startsWith("model file"));
      expect(files.map(({ isPassed }) => isPassed)).toEqual([true, true, false, false]);
      expect(files[1]?.detail).toContain("an aggregator keeps a copy, which opens its commitment");
      expect(files[3]?.detail).toContain("an aggregator keeps a copy, which opens its commitment");
    });
  }, 300_000);

  it("stops nobody in a private project either, whose models the standby seals anew to all who may read them", async () => {
    const terms = { modelVisibility: "private" } as const;
    await withSmallMarket({ ...misnaming, terms }, async (market) => {
      const { appliedRounds } = await market.ended;

      expect(appliedRounds).toBe(3);
      await expectAccounted(market);
      const models = await readModels(market.chain, market.projectId);
      const named = models.map(({ cid }) => cid);
      const rebuilt = market.events.filter(({ type }) => type === "model-rebuilt");
      expect(rebuilt.length).toBeGreaterThanOrEqual(2);
      for (const { publishedCid } of rebuilt) expect(named).not.toContain(publishedCid);
    });
  }, 300_000);
});
