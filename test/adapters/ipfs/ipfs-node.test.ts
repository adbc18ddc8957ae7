import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createHpkeEnvelope } from "../../../services/adapters/envelope/hpke-envelope.ts";
import { type IpfsNode, openIpfsNode } from "../../../services/adapters/ipfs/ipfs-node.ts";
import type { IpfsNodeOptions } from "../../../services/adapters/ipfs/ipfs-node-options.ts";
import { contentStoreErrors } from "../../../services/protocol/content-store.ts";
import type { ErrorDefinition } from "../../../services/protocol/errors.ts";
import { encodeInt16 } from "../../../services/protocol/int16-coder.ts";
import { openBundle } from "../../../services/protocol/open-bundle.ts";
import { sealBundle } from "../../../services/protocol/seal-bundle.ts";
import { startMisbehavingNode } from "./misbehaving-node.ts";

const toStop: { stop(): Promise<void> }[] = [];
const folders: string[] = [];

async function open(options: IpfsNodeOptions = {}): Promise<IpfsNode> {
  const node = await openIpfsNode(options);
  toStop.push(node);
  return node;
}

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "cw-ipfs-"));
  folders.push(folder);
  return folder;
}

afterEach(async () => {
  await Promise.all(toStop.splice(0).map((node) => node.stop()));
  await Promise.all(
    folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })),
  );
});

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

    expect(await reader.get(cid, { providers: provider.addresses() })).toEqual(pattern(1000, 5));
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

describe("a provider that fails", () => {
  it("by vanishing in mid-transfer costs only what had not arrived: another provider supplies the rest", async () => {
    const bytes = pattern(40 * 2 ** 20, 20);
    const [vanishing, standby] = [await open(), await open()];
    const reader = await open({ listen: [], dial: vanishing.addresses() });
    const cid = await vanishing.put(bytes);
    let leaving: Promise<void> | undefined;

    const getting = reader.get(cid, {
      timeoutMs: 1000,
      retries: 0,
      onProgress: () => {
        leaving ??= vanishing.stop();
      },
    });
    await fails(getting, contentStoreErrors.timedOut);
    await leaving;
    expect(await reader.has(cid)).toBe(false);
    await standby.put(bytes);

    expect(Buffer.compare(await reader.get(cid, { providers: standby.addresses() }), bytes)).toBe(
      0,
    );
  });

  it("by sending wrong blocks is ignored, and an honest one is heard", async () => {
    const bytes = pattern(2_000_000, 21);
    const liar = await startMisbehavingNode(async () => pattern(1000, 99));
    toStop.push(liar);
    const honest = await open();
    const cid = await honest.put(bytes);
    const reader = await open({ listen: [], dial: liar.addresses() });

    await fails(reader.get(cid, { timeoutMs: 500, retries: 0 }), contentStoreErrors.timedOut);
    await reader.dial(honest.addresses()[0] as string);

    expect(Buffer.compare(await reader.get(cid), bytes)).toBe(0);
    expect(await reader.collectGarbage()).toBe(3);
  });

  it("by never answering costs the time allowed", async () => {
    const silent = await startMisbehavingNode(async () => undefined);
    toStop.push(silent);
    const reader = await open({ listen: [], dial: silent.addresses() });
    const cid = await (await open()).put(pattern(1000, 22));

    await fails(reader.get(cid, { timeoutMs: 300, retries: 0 }), contentStoreErrors.timedOut);
  });

  it("by being slow is waited for as long as the call allows", async () => {
    const source = await open();
    const bytes = pattern(1_500_000, 23);
    const cid = await source.put(bytes);
    const slow = await startMisbehavingNode(async (id) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return source.getBlock(id.toString());
    });
    toStop.push(slow);
    const reader = await open({ listen: [], dial: slow.addresses() });

    expect(Buffer.compare(await reader.get(cid), bytes)).toBe(0);
  });

  it("by flooding with blocks that nobody wants leaves no trace", async () => {
    const flooder = await startMisbehavingNode(async () => undefined);
    toStop.push(flooder);
    const target = await open();
    const trainer = await open({ listen: [], dial: target.addresses() });
    const blocks = Array.from({ length: 40 }, (_, index) => pattern(2 ** 20, 100 + index));

    await flooder.flood(target.addresses()[0] as string, blocks);
    await flooder.flood(target.addresses()[0] as string, [pattern(3 * 2 ** 20, 1)]);
    const cid = await trainer.put(pattern(100_000, 24));

    expect(await target.get(cid)).toEqual(pattern(100_000, 24));
    expect(await target.collectGarbage()).toBe(1);
  });
});

describe("a node's folder", () => {
  it("keeps identity, pins and content over a restart", async () => {
    const folder = await newFolder();
    const before = await open({ folder });
    const cid = await before.put(pattern(1_200_000, 30));
    await before.put(pattern(50, 31), { pin: false });
    await before.stop();

    const after = await open({ folder });

    expect(after.peerId).toBe(before.peerId);
    expect(await after.pins()).toEqual([cid]);
    expect(await after.collectGarbage()).toBe(1);
    expect(Buffer.compare(await after.get(cid), pattern(1_200_000, 30))).toBe(0);
  });

  it("is refused to a second node while the first lives, and taken over from a dead process", async () => {
    const folder = await newFolder();
    const first = await open({ folder });
    await fails(openIpfsNode({ folder }), contentStoreErrors.folderInUse);
    await first.stop();

    await writeFile(join(folder, "lock"), "999999999");

    expect((await open({ folder })).peerId).toBe(first.peerId);
  });

  it("heals a block that rotted on disk from another node, and never returns it as it is", async () => {
    const folder = await newFolder();
    const bytes = pattern(5000, 32);
    const other = await open();
    await other.put(bytes);
    const first = await open({ folder });
    const cid = await first.put(bytes);
    await first.stop();
    const [file] = (await filesIn(join(folder, "blocks"))).filter((path) => path.endsWith(".data"));
    await writeFile(file as string, pattern(5000, 33));

    const alone = await open({ folder });
    await fails(alone.getBlock(cid), contentStoreErrors.corrupt);

    expect(await alone.get(cid, { providers: other.addresses() })).toEqual(bytes);
  });

  it("is given back when the address to listen on is taken", async () => {
    const folder = await newFolder();
    const port = /tcp\/(\d+)/.exec((await open()).addresses()[0] ?? "")?.[1];

    await fails(
      openIpfsNode({ folder, listen: [`/ip4/127.0.0.1/tcp/${port}`] }),
      contentStoreErrors.unreachable,
    );

    expect((await open({ folder })).peerId).toMatch(/^12D3Koo/);
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

describe("sealed bundles on IPFS", () => {
  const envelope = createHpkeEnvelope();
  const commitment = { x: 1n, y: 2n };
  const commit = async () => commitment;
  const contextOf = (index: number) => ({
    chainId: 31337n,
    market: `0x${"ab".repeat(20)}`,
    projectId: 1n,
    roundIndex: 0,
    trainer: `0x${index.toString(16).padStart(40, "0")}`,
  });

  it("thirty at once from thirty trainers reach the aggregator and open", async () => {
    const aggregator = await open();
    const keys = await envelope.generateKeyPair();
    const updates = Array.from({ length: 30 }, (_, index) => integers(20_000, index));

    const opened = await Promise.all(
      updates.map(async (update, index) => {
        const trainer = await open({ listen: [], dial: aggregator.addresses() });
        const associated = contextOf(index);
        const sealed = await sealBundle({
          envelope,
          update,
          blinding: BigInt(index),
          commitment,
          associated,
          fractionBits: 12,
          aggregatorPublicKeys: [keys.publicKey],
        });
        const cid = await trainer.put(sealed.bytes);
        const bytes = await aggregator.get(cid, { maxBytes: 50_000 });
        const secrets = { contentKey: sealed.contentKey, keys };
        return openBundle({
          envelope,
          bytes,
          secrets,
          associated: { ...associated, commitmentHash: sealed.commitmentHash },
          fractionBits: 12,
          parameterCount: 20_000,
          commit,
        });
      }),
    );

    expect(opened.map(({ blinding }) => blinding)).toEqual(
      updates.map((_, index) => BigInt(index)),
    );
    for (const [index, { update }] of opened.entries()) expect(update).toEqual(updates[index]);
  });

  it("leave no plaintext of the update, its coded form, its blinding or its keys in any file of a node", async () => {
    const [folder, receivingFolder] = [await newFolder(), await newFolder()];
    const trainer = await open({ folder });
    const aggregator = await open({ folder: receivingFolder, dial: trainer.addresses() });
    const keys = await envelope.generateKeyPair();
    const secrets: Buffer[] = [];
    for (let index = 0; index < 8; index++) {
      const update = integers(2000, 1000 + index);
      const blinding = BigInt(`0x${Buffer.from(pattern(31, index)).toString("hex")}`);
      const sealed = await sealBundle({
        envelope,
        update,
        blinding,
        commitment,
        associated: contextOf(index),
        fractionBits: 12,
        aggregatorPublicKeys: [keys.publicKey],
      });
      const bytes = await aggregator.get(await trainer.put(sealed.bytes));
      await openBundle({
        envelope,
        bytes,
        secrets: { contentKey: sealed.contentKey, keys },
        associated: { ...contextOf(index), commitmentHash: sealed.commitmentHash },
        fractionBits: 12,
        parameterCount: 2000,
        commit,
      });
      const littleEndian = Buffer.from(update.buffer);
      const plaintexts = [
        littleEndian,
        Buffer.from(littleEndian).swap16(),
        encodeInt16(update),
        pattern(31, index),
        sealed.contentKey,
        sealed.bundleKey,
      ];
      secrets.push(...plaintexts.map((bytes) => Buffer.from(bytes)));
    }
    await Promise.all([trainer.stop(), aggregator.stop()]);

    const files = [...(await filesIn(folder)), ...(await filesIn(receivingFolder))];
    const contents = Buffer.concat(await Promise.all(files.map((file) => readFile(file))));

    expect(contents.length).toBeGreaterThan(8 * 2000);
    expect(contents.includes(Buffer.from("CWBUNDLE"))).toBe(true);
    for (const secret of secrets) {
      for (let offset = 0; offset + 8 <= secret.length; offset += 8) {
        expect(contents.includes(secret.subarray(offset, offset + 8))).toBe(false);
      }
    }
  });

  it("tells who asks for a block that is not here nothing about its disk", async () => {
    const folder = await newFolder();
    const node = await open({ folder });
    const cid = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";

    const refusal = { code: "CW2400", message: `block ${cid} is not here` };
    await expect(node.getBlock(cid)).rejects.toMatchObject(refusal);
    await expect(node.exportCar(cid)[Symbol.asyncIterator]().next()).rejects.toMatchObject(refusal);
  });
});

async function fails(work: Promise<unknown>, definition: ErrorDefinition): Promise<void> {
  await expect(work).rejects.toMatchObject({ code: definition.code });
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Seeded bytes without repetition. */
function pattern(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed + 1;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

function integers(length: number, seed: number): Int16Array {
  return new Int16Array(pattern(2 * length, seed).buffer).map((value) => value >> 5);
}
