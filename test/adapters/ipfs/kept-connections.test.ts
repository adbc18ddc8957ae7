import { expect, it } from "vitest";
import { createKeptConnections } from "../../../services/adapters/ipfs/kept-connections.ts";

it("dials the addresses that others name thirty-two at a time, for all that is fetched, and always those it keeps", async () => {
  const dialled: string[] = [];
  const libp2p = {
    getConnections: () => [],
    dial: (address: unknown, { signal }: { signal: AbortSignal }) => {
      dialled.push(String(address));
      return new Promise((_, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason)),
      );
    },
  };
  const kept = "/ip4/192.0.2.1/tcp/4001";
  const node = createKeptConnections({ libp2p } as never, [kept]);
  const stop = new AbortController();

  // As many as trainers hand in, each of whom says that its node is at anybody's addresses.
  const fetches = Array.from({ length: 29 }, (_, trainer) =>
    node.reconnect(
      Array.from({ length: 32 }, (_each, index) => `/ip4/198.51.100.${trainer}/tcp/${index + 1}`),
      stop.signal,
    ),
  );
  await new Promise((resolve) => setTimeout(resolve, 10));

  expect(dialled.filter((address) => address === kept)).toHaveLength(29);
  expect(new Set(dialled).size).toBe(33);
  stop.abort();
  await Promise.all(fetches);
});
