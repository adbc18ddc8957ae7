import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MarketAddresses } from "../../services/adapters/chain/addresses.ts";
import {
  emptyFolder,
  requireNoMarket,
  writeMarketConfig,
} from "../../services/market/market-folder.ts";
import { fakeNode, stopFakeNode } from "./fake-node.ts";

describe("the folder of a new market", () => {
  let folder: string;
  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), "commonweight-folder-")), "market");
  });
  afterEach(() => rmSync(join(folder, ".."), { recursive: true }));

  it("is made, and emptied of what the market before it left", () => {
    emptyFolder(folder);
    mkdirSync(join(folder, "cache"));
    emptyFolder(folder);

    expect(readdirSync(folder)).toEqual([".commonweight-market"]);
  });

  it("may be one of a market from before there was a mark", () => {
    mkdirSync(folder);
    writeFileSync(join(folder, "deployment.json"), "{}");
    emptyFolder(folder);

    expect(existsSync(join(folder, "deployment.json"))).toBe(false);
  });

  it("is left alone when it is somebody's own, which only happens to be called like it", () => {
    mkdirSync(folder);
    writeFileSync(join(folder, "thesis.tex"), "years of work");

    expect(() => emptyFolder(folder)).toThrow(
      expect.objectContaining({ code: "CW6010", message: expect.stringContaining("thesis.tex") }),
    );
    expect(readdirSync(folder)).toEqual(["thesis.tex"]);
  });
});

describe("a folder in which a market runs", () => {
  const folder = mkdtempSync(join(tmpdir(), "commonweight-running-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  afterEach(stopFakeNode);

  it("takes no second one, until the first one's chain is gone", async () => {
    const { rpcUrl } = await fakeNode(31_337n, {
      eth_call: () => `0x${"ab".repeat(20).padStart(64, "0")}`,
    });
    const market = `0x${"cd".repeat(20)}`;
    const addresses = { market, wrappedNative: market, deployBlock: 0 } as MarketAddresses;
    writeMarketConfig(folder, { rpcUrl, chainId: 31_337 }, addresses);

    await expect(requireNoMarket(folder)).rejects.toMatchObject({
      code: "CW6006",
      message: expect.stringContaining(rpcUrl),
    });
    stopFakeNode();
    await expect(requireNoMarket(folder)).resolves.toBeUndefined();
  });
});
