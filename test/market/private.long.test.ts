import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readModels } from "../../services/adapters/chain/rounds/published-models.ts";
import { createGatewayStore } from "../../services/adapters/content-store/gateway-store.ts";
import { createHpkeEnvelope } from "../../services/adapters/envelope/hpke-envelope.ts";
import { readEncryptionKeys } from "../../services/adapters/envelope/key-file.ts";
import { auditProject } from "../../services/auditor/audit-project.ts";
import { startMarket } from "../../services/market/market.ts";
import { defaultMarketOptions } from "../../services/market/market-plan.ts";
import { pullModel } from "../../services/owner/model/pull-model.ts";

/** The whole market once more, with models that only its parties read: part of the long tier (`npm run test:e2e`). */
describe("a market whose models are private", () => {
  it("trains, settles and pays as ever, and no model or update lies in the open", async () => {
    const folder = mkdtempSync(join(tmpdir(), "commonweight private "));
    const stateFolder = join(folder, "market");
    const stopping = new AbortController();
    const market = await startMarket(
      {
        ...defaultMarketOptions,
        rounds: 2,
        trainers: 3,
        model: "logistic",
        slots: 8,
        samples: 1200,
        attackers: [],
        hasCrash: false,
        port: 0,
        stateFolder,
        signal: stopping.signal,
        terms: { modelVisibility: "private" },
      },
      () => {},
    );
    try {
      const project = await market.ended;
      const { chain, projectId } = market;
      const contentStore = createGatewayStore({ urls: [market.webUrl] });
      const keyringOf = (name: string) => ({
        envelope: createHpkeEnvelope(),
        keys: readEncryptionKeys(join(stateFolder, name, "encryption-key.json")),
      });
      const pull = (name: string) =>
        pullModel({
          ...{ chain, projectId, contentStore },
          cacheDir: join(stateFolder, "cache"),
          keyring: keyringOf(name),
        });

      expect(project.appliedRounds).toBe(2);
      const models = await readModels(chain, projectId);
      expect(models).toHaveLength(3);
      const { committed } = await pull("owner");
      expect(committed.model.some((entry) => entry !== 0)).toBe(true);
      expect((await pull("trainer-2")).committed.model).toEqual(committed.model);

      const withoutKey = await auditProject({ chain, projectId, contentStore });
      const seals = withoutKey.checks.filter(({ name }) => name.startsWith("model seal"));
      expect(seals.map(({ isPassed }) => isPassed)).toEqual([true, true, true]);
      expect(withoutKey.checks.filter(({ isPassed }) => isPassed === null)).toHaveLength(3);
      const withKey = await auditProject({
        ...{ chain, projectId, contentStore },
        keyring: keyringOf("aggregator"),
      });
      expect(withKey.checks.filter(({ isPassed }) => isPassed !== true)).toEqual([]);

      // Every block of every node: model files and updates would show themselves by their first tensor's name.
      let blocks = 0;
      for (const entry of readdirSync(stateFolder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !entry.parentPath.includes(join("ipfs", "blocks"))) continue;
        blocks++;
        const bytes = readFileSync(join(entry.parentPath, entry.name));
        expect(bytes.includes("commonweight.integers")).toBe(false);
      }
      expect(blocks).toBeGreaterThan(20);
    } finally {
      await market.stop();
      stopping.abort();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 900_000);
});
