import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { MarketAddresses } from "../../services/adapters/chain/addresses.ts";
import { UNKNOWN_UNIT } from "../../services/adapters/chain/tokens/token-unit.ts";
import { type Connection, openConnection } from "../../web/connection.ts";

let market: ChildProcessByStdio<Writable, Readable, null>;
let addresses: MarketAddresses;
let connection: Connection;

beforeAll(async () => {
  market = spawn(process.execPath, [join(import.meta.dirname, "empty-market-process.ts")], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [line] = (await once(market.stdout, "data")) as [Buffer];
  const told = JSON.parse(String(line)) as { rpcUrl: string; addresses: MarketAddresses };
  addresses = told.addresses;
  const { market: entry, deployBlock, wrappedNative } = addresses;
  connection = await openConnection({
    ...{ rpcUrl: told.rpcUrl, gateway: told.rpcUrl, market: entry, deployBlock, wrappedNative },
  });
});
afterAll(async () => {
  connection.chain.close();
  market.stdin.end();
  await once(market, "exit");
});

it("amounts of a project's token are written also where the token says nothing of itself", async () => {
  // Anybody can post a project that pays in such a token; the list of all projects needs its unit.
  expect(await connection.unit(addresses.vault)).toEqual(UNKNOWN_UNIT);
  expect(await connection.unit(addresses.wrappedNative)).toMatchObject({
    ...{ symbol: "WNATIVE", decimals: 18, alias: "ETH" },
  });
});

it("what somebody names as a token is refused when it is none", async () => {
  await expect(connection.token(addresses.vault)).rejects.toMatchObject({ code: "CW2201" });
  expect((await connection.token(addresses.wrappedNative)).symbol).toBe("WNATIVE");
});
