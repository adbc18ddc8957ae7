import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, expect, it } from "vitest";
import { findAggregatorNodes } from "../../services/command-line/find-aggregator-nodes.ts";

const PEER = "12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp";

const servers: Server[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});

/** The endpoint of an aggregator that says this of its node. */
async function saying(answer: unknown): Promise<string> {
  const server = createServer((_, response) => response.end(JSON.stringify(answer)));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it("has the addresses of those that answer, and no nonsense", async () => {
  const [first, second] = ["/ip4/127.0.0.1/tcp/4001", "/ip4/127.0.0.1/tcp/4002"];
  const endpoints = [
    await saying({ peerId: PEER, multiaddrs: ["somewhere", first] }),
    await saying("nothing of the kind"),
    "http://127.0.0.1:1",
    await saying({ peerId: PEER, multiaddrs: [second, ""] }),
  ];

  const found = await findAggregatorNodes(endpoints, { signal: new AbortController().signal });

  expect(found).toEqual([first, second]);
});
