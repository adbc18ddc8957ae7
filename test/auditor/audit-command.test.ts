import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { auditReportSchema } from "../../services/auditor/audit-report.ts";
import { commandLine } from "../cli/command-line.ts";
import { type PlayedMarket, startPlayedMarket } from "../cli/played-market.ts";

describe("audit --report and --html", () => {
  let market: PlayedMarket;
  beforeAll(async () => {
    market = await startPlayedMarket({}, { isProven: true });
  });
  afterAll(() => market?.stop());

  /** An auditor with nothing but the chain's address, in a folder of its own. */
  async function auditAs(name: string) {
    const [json, page] = [`${market.folder}/${name}.json`, `${market.folder}/${name}.html`];
    const state = ["--state", `${market.folder}/${name}`];
    const result = await commandLine(["audit", "1", "--report", json, "--html", page, ...state], {
      folder: market.folder,
    });
    return { ...result, json: readFileSync(json, "utf8"), page: readFileSync(page, "utf8") };
  }

  it("write the same bytes for two auditors at different times, and say their checksum", async () => {
    const one = await auditAs("one");
    await market.of("owner").provider.send("evm_mine", []);
    const other = await auditAs("other");

    expect(one.exitCode, one.stdout).toBe(0);
    expect(other.json).toBe(one.json);
    expect(other.page).toBe(one.page);
    const [, checksum = "none"] = /SHA-256: ([0-9a-f]{64})/.exec(one.stdout) ?? [];
    expect(other.stdout).toContain(checksum);
    expect(one.page).toContain(checksum);
  });

  it("tell nothing of whoever made them, and find what there is to find", async () => {
    const { json, page } = await auditAs("third");
    const report = auditReportSchema.parse(JSON.parse(json));

    expect(`${json}${page}`).not.toContain(market.folder);
    expect(report.counts.failed).toBe(0);
    expect(report.counts.passed).toBeGreaterThan(3);
    expect(report.reliability).toHaveLength(3);
  });
});
