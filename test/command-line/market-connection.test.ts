import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { afterEach, describe, expect, it } from "vitest";
import { loadConfig } from "../../services/adapters/config/config.ts";
import { awaitMarket, connectToMarket } from "../../services/command-line/market-connection.ts";

const MARKET = `0x${"11".repeat(20)}`;
const PART = `0x${"22".repeat(20)}`;

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A node that knows the parts of one market, and hangs up on the first requests. */
async function startNode({ hangsUp }: { hangsUp: number }) {
  const seen = { requests: 0 };
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    if (seen.requests++ < hangsUp) return void request.socket.destroy();
    const asked = JSON.parse(body) as { id: number } | { id: number }[];
    const answer = ({ id }: { id: number }) => ({
      jsonrpc: "2.0",
      id,
      result: `0x${PART.slice(2).padStart(64, "0")}`,
    });
    response.end(JSON.stringify(Array.isArray(asked) ? asked.map(answer) : answer(asked)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.close();
    server.closeAllConnections();
  });
  return { rpcUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

/** What a command is called with when `network` is selected. */
function invocationOn(network: string, rpcUrl: string) {
  const networks = { [network]: { rpcUrl, chainId: 31337, market: MARKET } };
  const config = { ...loadConfig({ folder: tmpdir(), environment: {} }), network, networks };
  const stopping = new AbortController();
  return {
    invocation: { config, options: {}, signal: stopping.signal },
    stop: () => stopping.abort(),
  };
}

describe("the market of the selected network", () => {
  it("is found behind a node that fails twice and then answers", async () => {
    const { rpcUrl, seen } = await startNode({ hangsUp: 2 });
    const { invocation } = invocationOn("embedded", rpcUrl);

    const { addresses } = await connectToMarket(invocation);

    expect(addresses).toMatchObject({ market: MARKET, vault: PART, verifier: PART });
    expect(seen.requests).toBeGreaterThan(2);
  });

  it("is waited for by a service whose chain comes up later, which says so once", async () => {
    const { rpcUrl } = await startNode({ hangsUp: 4 });
    const { invocation } = invocationOn("testnet", rpcUrl);
    const said: string[] = [];

    const { addresses } = await awaitMarket(invocation, ({ code }) => said.push(code));

    expect(addresses.market).toBe(MARKET);
    expect(said).toEqual(["CW2200"]);
  });

  it("is not waited for when it is this machine's own, or when the service is stopped", async () => {
    const { rpcUrl } = await startNode({ hangsUp: Number.POSITIVE_INFINITY });
    const own = invocationOn("embedded", rpcUrl);
    const foreign = invocationOn("testnet", rpcUrl);

    await expect(awaitMarket(own.invocation, () => undefined)).rejects.toMatchObject({
      code: "CW2755",
    });
    await expect(awaitMarket(foreign.invocation, foreign.stop)).rejects.toMatchObject({
      code: "CW2200",
    });
  });
});
