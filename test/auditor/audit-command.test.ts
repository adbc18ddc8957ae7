import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Chain } from "../../services/adapters/chain/connect.ts";
import { checkContracts } from "../../services/auditor/checks/check-contracts.ts";
import { auditReportSchema } from "../../services/auditor/report/audit-report.ts";
import { commandLine } from "../cli/command-line.ts";
import { type PlayedMarket, startPlayedMarket } from "../cli/played-market.ts";

describe("audit --report and --html", () => {
  let market: PlayedMarket;
  beforeAll(async () => {
    market = await startPlayedMarket({}, { isProven: true });
  });
  afterAll(() => market?.stop());

  /** An auditor with nothing but the chain's address, in a folder of its own. */
  async function auditAs(name: string, block = "finalized") {
    const [json, page] = [`${market.folder}/${name}.json`, `${market.folder}/${name}.html`];
    const state = ["--state", `${market.folder}/${name}`, "--block", block];
    const result = await commandLine(["audit", "1", "--report", json, "--html", page, ...state], {
      folder: market.folder,
    });
    return { ...result, json: readFileSync(json, "utf8"), page: readFileSync(page, "utf8") };
  }

  it("write the same bytes for two auditors of one block at different times, and say their checksum", async () => {
    const { provider } = market.of("owner");
    const block = String(await provider.getBlockNumber());
    const one = await auditAs("one", block);
    await provider.send("evm_mine", []);
    const other = await auditAs("other", block);

    expect(one.exitCode, one.stdout).toBe(0);
    expect(other.json).toBe(one.json);
    expect(other.page).toBe(one.page);
    expect((await auditAs("newest", "latest")).json).not.toBe(one.json);
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

  it("compares with another auditor's report, as docs/audit.md says, and ends badly when that differs", async () => {
    const page = readFileSync(new URL("../../docs/audit.md", import.meta.url), "utf8");
    const block = /```sh test=test\/auditor\/audit-command\.test\.ts\n([\s\S]*?)```/.exec(
      page,
    )?.[1];
    const commands = (block ?? "").trim().split("\n");
    const run = (command: string) => {
      const words = command
        .split(" ")
        .map((word) => word.replace(/^(?=audit\.)/, `${market.folder}/`));
      return commandLine(words.slice(1), { folder: market.folder });
    };

    const results = [await run(commands[0] ?? ""), await run(commands[1] ?? "")];
    expect(commands).toHaveLength(2);
    expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    expect(results[1]?.stdout).toMatch(
      /the other report, read at block \d+, found the same, word for word/,
    );

    const path = `${market.folder}/audit.json`;
    const told = readFileSync(path, "utf8").replace(/"historyHash": "0x../, '"historyHash": "0xzz');
    writeFileSync(path, told);
    const other = await run(commands[1] ?? "");
    expect(other.exitCode).toBe(4);
    expect(other.stdout).toMatch(/historyHash: here "0x[0-9a-f]+", there "0xzz/);

    writeFileSync(path, "{}");
    expect((await run(commands[1] ?? "")).stderr).toContain("CW4604");
  });

  it("finds a contract with other code, another library, or the vault of another market", async () => {
    const { provider, addresses } = market.of("owner");
    const told = (lie: (address: string, code: string) => string) =>
      checkContracts({
        addresses,
        provider: {
          getCode: async (address: string) => lie(address, await provider.getCode(address)),
        } as unknown as Chain["provider"],
      });
    const { market: entry, vault } = addresses;
    const deployer = addresses.registry.slice(2).toLowerCase();
    const asOf =
      (address: string, change: (code: string) => string) => (at: string, code: string) =>
        at === address ? change(code) : code;
    const firstByte = (code: string) => code.replace(/^0x../, "0x00");
    const isLibrary = (at: string) => !Object.values<unknown>(addresses).includes(at);

    expect(await told((_, code) => code)).toMatchObject({ name: "contracts", isPassed: true });
    for (const [lie, words] of [
      [asOf(entry, firstByte), "the code of TrainingMarket at"],
      [asOf(vault, () => "0x"), "the code of RewardVault at"],
      [
        (at: string, code: string) => (isLibrary(at) ? `${code}00` : code),
        "the code of MarketReader at",
      ],
      [
        asOf(vault, (code) => code.replaceAll(entry.slice(2).toLowerCase(), deployer)),
        "belongs to another market",
      ],
    ] as const) {
      const { isPassed, detail } = await told(lie);
      expect(isPassed, words).toBe(false);
      expect(detail).toContain(words);
    }
  });
});
