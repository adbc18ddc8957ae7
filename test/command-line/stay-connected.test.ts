import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Chain } from "../../services/adapters/chain/connect.ts";
import { stayConnected } from "../../services/command-line/stay-connected.ts";
import { eventually } from "../eventually.ts";

const PEER = "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp";
const ADDRESS = `/ip4/127.0.0.1/tcp/4001/p2p/${PEER}`;
let stopping: AbortController;
beforeEach(() => {
  stopping = new AbortController();
});
afterEach(() => stopping.abort());

/** A chain on which the aggregator's endpoint stands, and nothing else. */
function chainWith(endpoint: string): Chain {
  const getFunction = () => ({ staticCall: async () => ({ endpoint }) });
  return { registry: { getFunction } } as unknown as Chain;
}

it("a lost connection is made again, and one that stands is left alone", async () => {
  const server = createServer((_, response) => {
    response.end(JSON.stringify({ peerId: PEER, multiaddrs: [ADDRESS] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let connections: string[] = [];
  const dial = vi.fn(async (multiaddr: string) => {
    connections = [multiaddr];
  });
  let looks = 0;
  const node = {
    dial,
    connections: () => {
      looks++;
      return connections;
    },
  };

  await stayConnected(chainWith(endpoint), node, {
    accounts: () => ["0xa"],
    signal: stopping.signal,
    lookEveryMs: 5,
  });
  expect(dial).toHaveBeenCalledTimes(1);
  const seen = looks;
  await eventually(() => expect(looks).toBeGreaterThan(seen + 3));
  expect(dial).toHaveBeenCalledTimes(1);
  connections = [];
  await eventually(() => expect(dial).toHaveBeenCalledTimes(2));

  server.close();
  server.closeAllConnections();
});

it("an aggregator that is away at first is called until it is there", async () => {
  const server = createServer((_, response) => {
    response.end(JSON.stringify({ peerId: PEER, multiaddrs: [ADDRESS] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const dial = vi.fn(async () => undefined);

  await stayConnected(
    chainWith(`http://127.0.0.1:${port}`),
    { dial, connections: () => [] },
    { accounts: () => ["0xa"], signal: stopping.signal, lookEveryMs: 5 },
  );
  expect(dial).not.toHaveBeenCalled();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  await eventually(() => expect(dial).toHaveBeenCalledWith(ADDRESS, expect.anything()));

  server.close();
  server.closeAllConnections();
});

it("whoever is named first is waited for, and the others follow", async () => {
  const server = createServer((_, response) => {
    response.end(JSON.stringify({ peerId: PEER, multiaddrs: [ADDRESS] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const asked: string[] = [];
  const getFunction = () => ({
    staticCall: async (account: string) => {
      asked.push(account);
      return { endpoint };
    },
  });

  await stayConnected(
    { registry: { getFunction } } as unknown as Chain,
    { dial: async () => undefined, connections: () => [] },
    { accounts: () => ["0xa", "0xb"], first: ["0xb"], signal: stopping.signal, lookEveryMs: 5 },
  );
  expect(asked).toEqual(["0xb"]);
  await eventually(() => expect(asked).toContain("0xa"));

  server.close();
  server.closeAllConnections();
});

it("nobody waits for an aggregator that names addresses at which nobody answers", async () => {
  const silent = "/ip4/192.0.2.1/tcp/4001/p2p/12D3KooWGRYZDHBembyGJQqQ6WgLqJWYNjnECJwGBnCg8vbCeo8F";
  const endpoints = new Map<string, string>();
  const servers = [silent, ADDRESS].map((address, index) => {
    const peerId = address.split("/").at(-1);
    const server = createServer((_, response) => {
      response.end(JSON.stringify({ peerId, multiaddrs: Array(32).fill(address) }));
    });
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      endpoints.set(["0xa", "0xb"][index] as string, `http://127.0.0.1:${port}`);
    });
    return server;
  });
  await eventually(() => expect(endpoints.size).toBe(2));
  const getFunction = () => ({
    staticCall: async (account: string) => ({ endpoint: endpoints.get(account) }),
  });
  const dialled: string[] = [];
  let connections: string[] = [];
  const dial = (address: string) => {
    dialled.push(address);
    if (address === silent) return new Promise<void>(() => {});
    connections = [address];
    return Promise.resolve();
  };

  await stayConnected(
    { registry: { getFunction } } as unknown as Chain,
    { dial, connections: () => connections },
    { accounts: () => ["0xa", "0xb"], signal: stopping.signal, lookEveryMs: 5, firstMs: 50 },
  );
  expect(dialled.sort()).toEqual([ADDRESS, silent].sort());
  connections = [];
  await eventually(() => expect(dialled.filter((each) => each === ADDRESS)).toHaveLength(2));
  expect(dialled.filter((each) => each === silent)).toHaveLength(1);

  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
});
