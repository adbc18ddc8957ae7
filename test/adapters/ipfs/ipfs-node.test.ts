import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { contentStoreErrors } from "../../../services/protocol/content-store.ts";
import { fails, nodesToTest, pattern } from "./nodes-to-test.ts";

const { newFolder, open } = nodesToTest();

describe("two IPFS nodes", () => {
  it("fetch from each other over the one connection that the trainer dialled", async () => {
    const aggregator = await open();
    const trainer = await open({ listen: [], dial: aggregator.addresses() });
    const [model, update] = [pattern(3_000_000, 1), pattern(2_000_000, 2)];

    const modelCid = await aggregator.put(model);
    const updateCid = await trainer.put(update);

    expect(trainer.addresses()).toEqual([]);
    expect(Buffer.compare(await trainer.get(modelCid), model)).toBe(0);
    expect(Buffer.compare(await aggregator.get(updateCid), update)).toBe(0);
    expect(aggregator.connections().length).toBe(1);
  });

  it("listen on loopback and nowhere else unless told to", async () => {
    const node = await open();

    expect(node.addresses().length).toBeGreaterThan(0);
    for (const address of node.addresses())
      expect(address).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+\/p2p\//);
  });

  it("connect through a WebSocket listener, as a browser does", async () => {
    const aggregator = await open({ listen: ["/ip4/127.0.0.1/tcp/0/ws"] });
    const browser = await open({ listen: [], dial: aggregator.addresses() });

    const cid = await aggregator.put(pattern(5000, 3));

    expect(await browser.get(cid)).toEqual(pattern(5000, 3));
  });

  it("reach one that only a relay can reach", async () => {
    const relay = await open({ relay: "server" });
    const hidden = await open({
      listen: ["/p2p-circuit"],
      dial: relay.addresses(),
      relay: "client",
    });
    await vi.waitUntil(() => hidden.addresses().length > 0, { timeout: 30_000 });
    const reader = await open({ listen: [], relay: "client" });
    const bytes = pattern(2_000_000, 6);

    const cid = await hidden.put(bytes);
    await reader.dial(hidden.addresses()[0] as string);

    expect(hidden.addresses()[0]).toContain("/p2p-circuit/");
    expect(Buffer.compare(await reader.get(cid), bytes)).toBe(0);
  });

  it("find each other again when the aggregator was away", async () => {
    const folder = await newFolder();
    const first = await open({ folder });
    const address = first.addresses()[0] as string;
    const cid = await first.put(pattern(100_000, 4));
    const trainer = await open({ listen: [], dial: [address] });

    await first.stop();
    const port = /tcp\/(\d+)/.exec(address)?.[1];
    await open({ folder, listen: [`/ip4/127.0.0.1/tcp/${port}`] });

    expect(await trainer.get(cid, { retries: 4 })).toEqual(pattern(100_000, 4));
  });

  it("find each other again though only one of them can dial, and it wants nothing", async () => {
    const folder = await newFolder();
    const aggregator = await open({ folder });
    const listen = [String(aggregator.addresses()[0]?.split("/p2p/")[0])];
    const trainer = await open({ listen: [], dial: aggregator.addresses() });
    const cid = await trainer.put(pattern(5000, 5));
    await aggregator.stop();

    const again = await open({ folder, listen });

    expect(await again.get(cid, { timeoutMs: 30_000, retries: 0 })).toEqual(pattern(5000, 5));
  });

  it("go on with a fetch when the aggregator that went away in the meantime is back", async () => {
    const folder = await newFolder();
    const aggregator = await open({ folder });
    const cid = await aggregator.put(pattern(5000, 4));
    const [address] = aggregator.addresses();
    const listen = [String(address?.split("/p2p/")[0])];
    const trainer = await open({ listen: [], dial: [String(address)] });
    await aggregator.stop();

    const fetching = trainer.get(cid, { timeoutMs: 30_000, retries: 0 });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await open({ folder, listen });

    expect(await fetching).toEqual(pattern(5000, 4));
  });

  it("fetch from a provider named in the call", async () => {
    const provider = await open();
    const reader = await open({ listen: [] });
    const cid = await provider.put(pattern(1000, 5));

    const providers = ["no address", "/ip4/127.0.0.1/tcp/1", ...provider.addresses()];
    expect(await reader.get(cid, { providers })).toEqual(pattern(1000, 5));
  });

  it("get what they asked for before it was there as soon as it is", async () => {
    const [aggregator, author] = [await open(), await open()];
    const trainer = await open({ dial: aggregator.addresses() });
    let fastestMs = Number.POSITIVE_INFINITY;

    // A machine with other work is slow now and then, not five times in a row.
    for (let attempt = 0; attempt < 5 && fastestMs > 600; attempt++) {
      const bytes = pattern(500_000, 40 + attempt);
      const cid = await author.put(bytes);
      const asked = trainer.get(cid, { retries: 0, timeoutMs: 20_000 });
      await new Promise((resolve) => setTimeout(resolve, 100));
      const storedAt = performance.now();
      await aggregator.put(bytes);
      expect(Buffer.compare(await asked, bytes)).toBe(0);
      fastestMs = Math.min(fastestMs, performance.now() - storedAt);
    }

    // Without asking a second time, which it would after 0.75 s.
    expect(fastestMs).toBeLessThanOrEqual(600);
  });

  it("refuse an address where another node answers than it names, or nobody", async () => {
    const [one, other, dialler] = [await open(), await open(), await open({ listen: [] })];
    const wrong = `${one.addresses()[0]?.split("/p2p/")[0]}/p2p/${other.peerId}`;

    await fails(dialler.dial(wrong), contentStoreErrors.unreachable);
    await fails(dialler.dial("/ip4/127.0.0.1/tcp/1"), contentStoreErrors.unreachable);
    await fails(dialler.dial("somewhere"), contentStoreErrors.unreachable);
  });

  it("give up on content that nobody has, after the time allowed and not before the retries", async () => {
    const aggregator = await open();
    const trainer = await open({ listen: [], dial: aggregator.addresses() });
    const nowhere = "bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq";

    await fails(trainer.get(nowhere, { timeoutMs: 100, retries: 1 }), contentStoreErrors.timedOut);
  });
});

describe("nodes with a DHT of their own", () => {
  it("find content that a node they have never heard of has pinned", async () => {
    const meeting = await open({ dht: "private" });
    const provider = await open({ dht: "private", dial: meeting.addresses() });
    const reader = await open({ dht: "private", dial: meeting.addresses() });
    const bytes = pattern(1_500_000, 8);

    const cid = await provider.put(bytes);

    expect(reader.connections()).toHaveLength(1);
    expect(Buffer.compare(await reader.get(cid, { retries: 4 }), bytes)).toBe(0);
    expect(reader.connections().length).toBeGreaterThan(1);
    expect(await meeting.has(cid)).toBe(false);
  });

  it("do without it when nobody else is there", async () => {
    const alone = await open({ dht: "private" });

    const cid = await alone.put(pattern(1000, 9));

    expect(await alone.get(cid)).toEqual(pattern(1000, 9));
  });
});

describe("five IPFS nodes", () => {
  it("bring one model to four trainers and four updates to one aggregator", async () => {
    const aggregator = await open();
    const trainers = await Promise.all(
      [1, 2, 3, 4].map(() => open({ listen: [], dial: aggregator.addresses() })),
    );
    const modelCid = await aggregator.put(pattern(2_500_000, 10));

    const models = await Promise.all(trainers.map((trainer) => trainer.get(modelCid)));
    const updateCids = await Promise.all(
      trainers.map((trainer, index) => trainer.put(pattern(1_500_000, index))),
    );
    const updates = await Promise.all(
      updateCids.map((cid) => aggregator.get(cid, { maxBytes: 1_500_000 })),
    );

    for (const model of models) expect(Buffer.compare(model, pattern(2_500_000, 10))).toBe(0);
    for (const [index, update] of updates.entries())
      expect(Buffer.compare(update, pattern(1_500_000, index))).toBe(0);
  });
});

describe("a process that ran a node", () => {
  it("exits by itself after stop", async () => {
    const script = `
      import { openIpfsNode } from "./services/adapters/ipfs/ipfs-node.ts";
      const one = await openIpfsNode();
      const two = await openIpfsNode({ listen: [], dial: one.addresses() });
      await one.get(await two.put(new Uint8Array(5000)));
      await Promise.all([one.stop(), two.stop()]);
      console.log("stopped");`;

    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["--input-type=module", "--eval", script],
      { timeout: 150_000 },
    );

    expect(stdout).toBe("stopped\n");
  });
});
