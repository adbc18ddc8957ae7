import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKeystore } from "../../services/adapters/chain/accounts/keystore.ts";
import type { Diagnosis } from "../../services/command-line/diagnosis.ts";
import { commandLine } from "../cli/command-line.ts";
import { type PlayedMarket, startPlayedMarket } from "../cli/played-market.ts";

describe("doctor", () => {
  let market: PlayedMarket;
  beforeAll(async () => {
    market = await startPlayedMarket();
  });
  afterAll(() => market?.stop());

  async function doctor(...args: string[]) {
    const state = ["--state", `${market.folder}/state`];
    const { exitCode, stdout } = await commandLine(["doctor", "--json", ...state, ...args], {
      folder: market.folder,
    });
    const { found } = JSON.parse(stdout) as { found: Diagnosis[] };
    return { exitCode, of: (part: string) => found.find((each) => each.part === part) };
  }

  it("fetches a project's manifest as browsers and as trainers do, and finds nothing broken", async () => {
    const { exitCode, of } = await doctor();

    expect(exitCode).toBe(0);
    expect(of("gateways")).toMatchObject({ state: "ok" });
    expect(of("gateways")?.detail).toBe(`${market.gatewayUrl} serves project 1's manifest`);
    expect(of("IPFS")?.detail).toMatch(/^fetched over libp2p from \/ip4\/127\.0\.0\.1\/tcp\//);
    expect(of("circuit keys")?.detail).toContain("checksums are right");
    expect(of("clock")).toMatchObject({ state: "ok" });
  });

  it("says how to start a market where there is none, and what could not be looked at", async () => {
    const folder = `${market.folder}/nothing`;
    const { exitCode, stdout } = await commandLine(["doctor", "--state", folder], { folder });

    expect(exitCode).toBe(4);
    expect(stdout).toMatch(/^BROKEN {2}chain/m);
    expect(stdout).toContain("npm start");
    for (const part of ["contracts", "clock", "gateways", "IPFS"]) {
      expect(stdout).toMatch(new RegExp(`^- +${part} +no chain to ask$`, "m"));
    }
  });

  it.skipIf(process.platform === "win32")(
    "names key files that others can read, and a gateway that does not serve the market's files",
    async () => {
      const keystore = `${market.folder}/key.json`;
      await createKeystore(keystore, "correct horse battery staple");
      chmodSync(keystore, 0o644);
      mkdirSync(`${market.folder}/state`, { recursive: true });
      const key = "11".repeat(32);
      writeFileSync(
        `${market.folder}/state/encryption-key.json`,
        JSON.stringify({ publicKey: key, privateKey: key }),
        { mode: 0o640 },
      );
      const path = `${market.folder}/with-gateway.json`;
      const config = { ...market.config, ipfs: { gatewayUrls: ["http://127.0.0.1:1"] } };
      writeFileSync(path, JSON.stringify(config));
      const { exitCode, of } = await doctor("--keystore", keystore, "--config", path);

      expect(exitCode).toBe(4);
      expect(of("key")).toMatchObject({
        state: "broken",
        fix: expect.stringContaining("chmod 600"),
      });
      expect(of("key")?.detail).toContain("has mode 644");
      expect(of("encryption key")?.detail).toContain("has mode 640");
      expect(of("gateways")).toMatchObject({ state: "broken" });
      expect(of("gateways")?.detail).toContain("http://127.0.0.1:1: no gateway answers");
      expect(of("gateways")?.detail).not.toContain(`${market.gatewayUrl}:`);
    },
  );

  it("tells IPFS from gateways when the aggregator's node is gone", async () => {
    await market.stopIpfs();
    const { exitCode, of } = await doctor();

    expect(exitCode).toBe(4);
    expect(of("IPFS")).toMatchObject({ state: "broken" });
    expect(of("IPFS")?.fix).not.toBe("");
  });
});
