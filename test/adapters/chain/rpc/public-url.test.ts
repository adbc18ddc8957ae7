import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { connectChain } from "../../../../services/adapters/chain/connect.ts";
import { resolveAddresses } from "../../../../services/adapters/chain/resolve-addresses.ts";
import { publicUrl, withPublicUrls } from "../../../../services/adapters/chain/rpc/public-url.ts";
import { toldRpcUrl } from "../../../../services/aggregator/aggregator-settings.ts";

const KEY = "0123456789abcdef";
const MARKET = `0x${"11".repeat(20)}`;
const addresses = {
  ...{ market: MARKET, vault: MARKET, registry: MARKET, verifier: MARKET },
  ...{ wrappedNative: MARKET, deployBlock: 0 },
};

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

/** A node behind a key that answers with this status. */
async function startNode(status: number): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status).end("no"));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v3/${KEY}?apikey=${KEY}`;
}

describe("a node's address", () => {
  it.each([
    ["https://node.example", "https://node.example"],
    ["https://node.example:8545/", "https://node.example:8545/"],
    [`https://node.example/v3/${KEY}`, "https://node.example/…"],
    [`wss://user:${KEY}@node.example:1/`, "wss://node.example:1/…"],
    [`https://node.example/?key=${KEY}`, "https://node.example/…"],
  ])("%s is told to others as %s", (url, told) => {
    expect(publicUrl(url)).toBe(told);
    expect(withPublicUrls(`asked "${url}", twice: ${url}.`)).toBe(
      `asked "${told}", twice: ${told}.`,
    );
  });

  it.each([401, 403, 404, 500, 503])(
    "is in no message with its key when the node answers %d, for an aggregator tells everybody what it fails with",
    async (status) => {
      const rpcUrl = await startNode(status);
      const failures = await Promise.all(
        [
          connectChain({ rpcUrl, addresses }),
          connectChain({ rpcUrl: "http://127.0.0.1:1", compareUrls: [rpcUrl], addresses }),
          resolveAddresses({ rpcUrl, market: MARKET }),
        ].map((connecting) => connecting.then(() => "", String)),
      );

      for (const message of failures) {
        expect(message).toContain("127.0.0.1");
        expect(message).not.toContain(KEY);
      }
    },
  );

  it("is told by an aggregator only when it holds no key", () => {
    const keyed = `https://node.example/v3/${KEY}`;
    expect(toldRpcUrl({ rpcUrl: "http://127.0.0.1:8545" })).toBe("http://127.0.0.1:8545");
    expect(toldRpcUrl({ rpcUrl: keyed })).toBe("");
    expect(toldRpcUrl({ rpcUrl: keyed, publicRpcUrl: "https://other.example" })).toBe(
      "https://other.example",
    );
  });
});
