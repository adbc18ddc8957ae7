import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type IpfsNode, openIpfsNode } from "../../../services/adapters/ipfs/ipfs-node.ts";
import { hostOf, limitHosts } from "../../../services/adapters/ipfs/limit-hosts.ts";
import { contentStoreErrors } from "../../../services/protocol/content-store.ts";
import { eventually } from "../../eventually.ts";

const nodes: IpfsNode[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(nodes.splice(0).map((node) => node.stop()));
});

async function open(options: Parameters<typeof openIpfsNode>[0]): Promise<IpfsNode> {
  const node = await openIpfsNode(options);
  nodes.push(node);
  return node;
}

/** Connections from an address of this machine that say nothing. */
async function silentConnections(node: IpfsNode, count: number): Promise<Socket[]> {
  const port = Number(/\/tcp\/(\d+)/.exec(node.addresses()[0] as string)?.[1]);
  const opened = Array.from({ length: count }, () =>
    connect({ port, host: "127.0.0.1", localAddress: "127.0.0.2" }).on("error", () => {}),
  );
  sockets.push(...opened);
  await Promise.all(opened.map((socket) => once(socket, "connect")));
  return opened;
}

// Elsewhere a machine has to be given the second address first.
describe.skipIf(process.platform !== "linux")("an IPFS node", () => {
  it("is not closed to everybody by the silent connections of one address", async () => {
    const node = await open({ maxConnections: 8 });
    const silent = await silentConnections(node, 20);
    await eventually(() => {
      expect(silent.filter((socket) => !socket.destroyed && !socket.readableEnded).length).toBe(4);
    });

    const trainer = await open({ listen: [] });
    await trainer.dial(node.addresses()[0] as string);

    expect(trainer.connections()).toHaveLength(1);
  });

  it("takes an address again when its connections have ended", async () => {
    const node = await open({ maxConnections: 2 });
    const address = node.addresses()[0] as string;
    const [first, second] = [await open({ listen: [] }), await open({ listen: [] })];
    await first.dial(address);
    await expect(second.dial(address, { timeoutMs: 2000 })).rejects.toMatchObject({
      code: contentStoreErrors.unreachable.code,
    });

    nodes.splice(nodes.indexOf(first), 1);
    await first.stop();

    await eventually(() => second.dial(address));
  });
});

describe("connections of one address", () => {
  it.each([
    ["/ip4/192.0.2.7/tcp/4001", "192.0.2.7"],
    ["/ip4/192.0.2.7/tcp/4001/ws/p2p/12D3", "192.0.2.7"],
    ["/ip6/2001:DB8::7/tcp/4001", "2001:db8:0:0"],
    ["/ip6/2001:db8:1:2:3:4:5:6/tcp/1", "2001:db8:1:2"],
    ["/ip6/::1/tcp/4001", "0:0:0:0"],
    ["/ip4/192.0.2.7/tcp/4001/p2p/12D3/p2p-circuit/p2p/12D4", undefined],
    ["/dns4/example.org/tcp/1", undefined],
    ["", undefined],
  ])("%s are counted as %s", (multiaddr, host) => {
    expect(hostOf(multiaddr)).toBe(host);
  });

  it("are denied beyond their number, until one ends", () => {
    const { denyInboundConnection } = limitHosts(2);
    const ends: (() => void)[] = [];
    const comes = (address: string) =>
      denyInboundConnection({
        remoteAddr: { toString: () => address },
        addEventListener: (_, listener) => ends.push(listener),
      });

    expect([1, 2, 3].map((port) => comes(`/ip4/192.0.2.7/tcp/${port}`))).toEqual([
      false,
      false,
      true,
    ]);
    expect(comes("/ip4/192.0.2.8/tcp/1")).toBe(false);
    for (let index = 0; index < 5; index++) expect(comes("/dns4/relayed")).toBe(false);
    ends[0]?.();
    expect(comes("/ip4/192.0.2.7/tcp/4")).toBe(false);
    expect(comes("/ip4/192.0.2.7/tcp/5")).toBe(true);
  });
});
