import { afterEach, describe, expect, it } from "vitest";
import { developmentAccounts } from "../../services/adapters/chain/accounts/development-accounts.ts";
import { DEVELOPMENT_MNEMONIC } from "../../services/adapters/embedded-chain.ts";
import { defaultMarketOptions } from "../../services/market/market-plan.ts";
import { marketEndowments, openOwnNode } from "../../services/market/own-node.ts";
import { parseUpOptions } from "../../services/market/up-options.ts";
import { fakeNode, serveRpc, stopFakeNode } from "./fake-node.ts";

const ETHER = 10n ** 18n;
const KEY = `0x${"42".repeat(32)}`;
const hex = (value: bigint) => `0x${value.toString(16)}`;

afterEach(stopFakeNode);

const open = (rpcUrl: string, from: { privateKey?: string; saidChainId?: bigint } = {}) =>
  openOwnNode(defaultMarketOptions, { rpcUrl, ...from, onProgress: () => {} });

describe("somebody else's node", () => {
  it("that is not there, or no node, is said as that", async () => {
    await expect(open("http://127.0.0.1:1")).rejects.toMatchObject({ code: "CW2200" });
    const { rpcUrl } = await serveRpc({});
    await expect(open(rpcUrl)).rejects.toMatchObject({ code: expect.stringMatching(/^CW22/) });
  });

  it("of a real network is sent nothing, whoever would pay", async () => {
    const { rpcUrl, sent } = await fakeNode(1n, { eth_accounts: () => [`0x${"11".repeat(20)}`] });

    await expect(open(rpcUrl, { privateKey: KEY })).rejects.toMatchObject({ code: "CW6009" });
    expect(sent).toEqual([]);
  });

  it("of a public network takes a key: accounts that everybody knows would be emptied", async () => {
    const { rpcUrl } = await fakeNode(11_155_111n);

    await expect(open(rpcUrl)).rejects.toThrow(/accounts must be nobody else's/);
  });

  it("says what is there and what it takes, before anything is sent", async () => {
    const { rpcUrl, sent } = await fakeNode(11_155_111n, {
      eth_getBalance: () => hex(ETHER / 100n),
    });
    const opening = open(rpcUrl, { privateKey: KEY });

    await expect(opening).rejects.toMatchObject({
      code: "CW2202",
      message: expect.stringMatching(/has 0\.01 coins; the market's accounts lack \d+\.\d+ coins/),
    });
    expect(sent).toEqual([]);
  });

  it("whose accounts have enough is sent nothing, and the accounts follow from the key", async () => {
    const { rpcUrl } = await fakeNode(11_155_111n, { eth_getBalance: () => hex(1000n * ETHER) });
    const [one, same, other] = await Promise.all(
      [KEY, KEY, `0x${"43".repeat(32)}`].map((privateKey) => open(rpcUrl, { privateKey })),
    );

    expect(one?.accounts).toHaveLength(18);
    expect(same?.accounts).toEqual(one?.accounts);
    expect(other?.accounts[0]?.address).not.toBe(one?.accounts[0]?.address);
    const known = developmentAccounts(DEVELOPMENT_MNEMONIC, 18).map(({ address }) => address);
    expect(one?.accounts.some(({ address }) => known.includes(address))).toBe(false);
  });

  it("of this machine without unlocked accounts says that nobody can pay", async () => {
    const { rpcUrl } = await fakeNode(31_337n);

    await expect(open(rpcUrl)).rejects.toThrow("no unlocked account");
  });
});

describe("what a market's accounts need", () => {
  const accounts = developmentAccounts(DEVELOPMENT_MNEMONIC, 18);

  it("is escrow, bonds and stakes, and gas by its price", () => {
    const cheap = marketEndowments(defaultMarketOptions, accounts, 0n);
    const dear = marketEndowments(defaultMarketOptions, accounts, 10n ** 9n);

    const wei = cheap.map(({ leastWei }) => leastWei);
    expect(wei.slice(0, 5)).toEqual([0n, (508n * ETHER) / 100n, 0n, ETHER / 2n, ETHER / 2n]);
    expect(wei.slice(5)).toEqual(Array(8).fill(ETHER / 10n));
    expect(dear.every(({ leastWei }, i) => leastWei > (wei[i] as bigint))).toBe(true);
  });

  it("shrinks with the budget", () => {
    const { market } = parseUpOptions(
      {
        ...Object.fromEntries(Object.entries(defaultMarketOptions).map(([k, v]) => [k, String(v)])),
        ...{ port: "0", node: "http://127.0.0.1:8545", budget: "0.01" },
      },
      undefined,
    );
    const sum = marketEndowments(market, accounts, 0n).reduce(
      (all, { leastWei }) => all + leastWei,
      0n,
    );

    expect(sum).toBeLessThan((7n * ETHER) / 100n);
  });
});
