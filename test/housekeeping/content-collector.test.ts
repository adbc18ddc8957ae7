import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as dagPb from "@ipld/dag-pb";
import { UnixFS } from "ipfs-unixfs";
import type { CID } from "multiformats/cid";
import { describe, expect, it } from "vitest";
import { blockContentId } from "../../services/adapters/content-store/content-id.ts";
import {
  createMemoryStore,
  type SharedBlocks,
} from "../../services/adapters/content-store/memory-store.ts";
import { ContentCollector } from "../../services/housekeeping/content-collector.ts";
import type { ProjectContent } from "../../services/housekeeping/sort-content.ts";
import type { ContentStore } from "../../services/protocol/content-store.ts";
import { filesIn, nodesToTest, pattern } from "../adapters/ipfs/nodes-to-test.ts";

const { open, newFolder } = nodesToTest();
const MIB = 2 ** 20;

function collectorOf(
  contentStore: ContentStore,
  readProjects: () => Promise<readonly ProjectContent[]>,
  now = 100,
) {
  const said: Record<string, unknown>[] = [];
  const released: unknown[] = [];
  const collector = new ContentCollector({
    ...{ contentStore, readProjects, holderOf, now: async () => now },
    rules: { rounds: 1, endedSeconds: 1000 },
    onReleased: (projectId, what) => released.push({ projectId, ...what }),
    say: (type, details) => said.push({ type, ...details }),
    signal: new AbortController().signal,
  });
  return { collect: () => collector.collect(), said, released };
}

const holderOf = (projectId: bigint) => `keeper/${projectId}`;
/** As a role pins what it keeps for a project. */
const own = (projectId = 1n) => ({ holder: holderOf(projectId) });

const project = (changes: Partial<ProjectContent>): ProjectContent => ({
  ...{ projectId: 1n, lasting: new Set(), bundles: new Map(), newestRound: 2, endedAt: undefined },
  ...changes,
});

describe("a collection, on a real node", () => {
  it("removes the bundles of old rounds, and nothing that a round, a project or somebody else needs", async () => {
    const node = await open({ folder: await newFolder() });
    const trainer = await open({ listen: [], dial: node.addresses() });
    const model = await node.put(pattern(3 * MIB, 1), own());
    const foreign = await node.put(pattern(1000, 2));
    const [old, last, fetchedOnly, early] = await Promise.all(
      [3, 4, 5, 6].map((seed) => trainer.put(pattern(MIB + seed, seed))),
    );
    for (const cid of [old, last, early]) await node.pin(cid as string, own());
    await node.get(fetchedOnly as string);
    const rounds = [[old], [last], [fetchedOnly], [early]] as string[][];
    const named = project({
      lasting: new Set([model, "no cid at all"]),
      bundles: new Map(rounds.map((cids, round) => [round, new Set(cids)])),
    });
    const { collect, said, released } = collectorOf(node, async () => [named]);

    await collect();
    await trainer.stop();

    const cids = [old, last, fetchedOnly, early, model, foreign] as string[];
    expect(await Promise.all(cids.map((cid) => node.has(cid)))).toEqual([
      false,
      ...Array(5).fill(true),
    ]);
    // Its two leaves and their root.
    expect(said).toEqual([
      expect.objectContaining({ type: "content-collected", blocks: 3, released: 1, kept: 5 }),
    ]);
    expect(said[0]?.bytes).toBeGreaterThan(MIB);
    expect(released).toEqual([{ projectId: 1n, beforeRound: 1, isOver: false }]);
    await collect();
    expect(said[1]).toMatchObject({ blocks: 0, bytes: 0, released: 0 });
  });

  it("lets go for its project alone: not of what another one, an owner or a stranger had pinned before a trainer named it as its bundle", async () => {
    const node = await open();
    const [ofStranger, ofOwner, ofOther, ofNobody] = await Promise.all(
      [20, 21, 22, 23].map((seed) => node.put(pattern(MIB + seed, seed), { pin: false })),
    );
    const cids = [ofStranger, ofOwner, ofOther, ofNobody] as string[];
    await node.pin(ofStranger as string);
    await node.pin(ofOwner as string, { holder: "owner" });
    await node.pin(ofOther as string, own(2n));
    // Fetched like every bundle that a trainer of the project names.
    for (const cid of cids) await node.pin(cid, own());
    const named = project({ bundles: new Map([[0, new Set(cids)]]) });
    // The other project is none of those that were read: it is not served any more, say, or another market's.
    const { collect, said } = collectorOf(node, async () => [named]);

    await collect();

    expect(await Promise.all(cids.map((cid) => node.has(cid)))).toEqual([true, true, true, false]);
    expect(said).toEqual([expect.objectContaining({ released: 4, kept: 0 })]);
    expect(await node.pins()).toHaveLength(3);
  });

  it("keeps what one project needs and another one does not, until neither does", async () => {
    const node = await open();
    const model = await node.put(pattern(MIB, 24), own(1n));
    await node.pin(model, own(2n));
    const running = project({ projectId: 1n, lasting: new Set([model]) });
    const over = project({ projectId: 2n, lasting: new Set([model]), endedAt: 1 });
    const { collect } = collectorOf(node, async () => [running, over], 5000);

    await collect();

    expect(await node.pins()).toEqual([{ cid: model, ...own(1n) }]);
    expect(await node.has(model)).toBe(true);
    await collectorOf(node, async () => [{ ...running, endedAt: 2 }, over], 5000).collect();
    expect(await node.has(model)).toBe(false);
  });

  it("removes nothing when the chain cannot say what is needed", async () => {
    const node = await open();
    const cid = await node.put(pattern(1000, 7), { pin: false });
    const { collect, said } = collectorOf(node, () => Promise.reject(new Error("away")));

    await expect(collect()).rejects.toThrow("away");

    expect(await node.has(cid)).toBe(true);
    expect(said).toEqual([]);
  });

  it("goes on after a crash in between: what is kept is whole, and the rest goes the next time", async () => {
    const folder = await newFolder();
    const first = await open({ folder });
    const [kept, old] = [
      await first.put(pattern(MIB + 1, 8), own()),
      await first.put(pattern(MIB + 2, 9), own()),
    ];
    const named = project({
      lasting: new Set([kept]),
      bundles: new Map([[0, new Set([old])]]),
    });
    const died = new Error("killed");
    const dying = { ...first, collectGarbage: () => Promise.reject(died) };
    const interrupted = collectorOf(dying, async () => [named]);
    await expect(interrupted.collect()).rejects.toThrow("killed");
    expect(interrupted.released).toEqual([]);
    await first.stop();

    const again = await open({ folder });
    await collectorOf(again, async () => [named]).collect();

    expect(await again.has(kept)).toBe(true);
    expect(await again.has(old)).toBe(false);
  });

  it("removes the rest although somebody has named content that is here whole and that nobody could read", async () => {
    const network: SharedBlocks = new Map();
    const add = async (bytes: Uint8Array, codec: number) => {
      const cid = await blockContentId(bytes, codec);
      network.set(cid.multihash.bytes.join(), { cid, block: bytes });
      return cid;
    };
    const fileOf = (links: CID[], sizes: bigint[]) =>
      dagPb.encode({
        Data: new UnixFS({ type: "file", blockSizes: sizes }).marshal(),
        Links: links.map((Hash) => ({ Hash, Name: "", Tsize: 0 })),
      });
    const huge = await add(fileOf([], [2n ** 40n]), 0x70);
    let endless = await add(new Uint8Array(), 0x55);
    for (let level = 0; level < 30; level++) {
      endless = await add(fileOf([endless, endless], [0n, 0n]), 0x70);
    }
    const node = createMemoryStore({ network });
    const named = [huge, endless].map(String);
    // As an aggregator tries to keep a bundle, or a model: what it has of it by then stays.
    for (const cid of named) {
      await expect(node.pin(cid, { maxBytes: 1e5, ...own() })).rejects.toThrow();
      expect(await node.has(cid)).toBe(true);
    }
    const loose = await node.put(pattern(1000, 17), { pin: false });
    const bundles = new Map([[2, new Set(named)]]);
    const { collect, said } = collectorOf(node, async () => [project({ bundles })]);

    await collect();

    expect(await node.has(loose)).toBe(false);
    expect(said).toEqual([expect.objectContaining({ type: "content-collected", blocks: 1 })]);
    await collectorOf(node, async () => [project({ bundles, newestRound: 9 })]).collect();
    expect(await Promise.all(named.map((cid) => node.has(cid)))).toEqual([false, false]);
  });

  it("lets a round's bundle in that comes while it collects", async () => {
    const node = await open();
    const trainer = await open({ listen: [], dial: node.addresses() });
    const bundle = await trainer.put(pattern(MIB + 3, 10));
    await node.put(pattern(1000, 11), { pin: false });
    // Named after the chain was read, as one that is submitted at that moment.
    const { collect } = collectorOf(node, async () => {
      await node.pin(bundle, own());
      return [project({})];
    });

    await collect();

    expect(await node.has(bundle)).toBe(true);
  });

  it("fetches what is kept and not whole, or says that it is lost, and collects all the same", async () => {
    const folder = await newFolder();
    const other = await open();
    const before = await open({ folder });
    const healed = await before.put(pattern(5000, 12), own());
    await other.put(pattern(5000, 12));
    const lost = await before.put(pattern(6000, 13), own());
    const loose = await before.put(pattern(7000, 14), { pin: false });
    await before.stop();
    for (const path of await filesIn(join(folder, "blocks"))) {
      const { length } = await readFile(path);
      if (length === 5000 || length === 6000) await writeFile(path, pattern(length, 99));
    }
    const after = await open({ folder, dial: other.addresses() });
    // Whoever reads a block that rotted drops it.
    for (const cid of [healed, lost])
      await after.get(cid, { timeoutMs: 300, retries: 0 }).catch(() => {});
    const { collect, said } = collectorOf(after, async () => [
      project({ lasting: new Set([healed, lost]) }),
    ]);

    await collect();

    expect(await after.has(healed)).toBe(true);
    expect(await after.has(loose)).toBe(false);
    expect(said.map(({ type, cid }) => [type, cid])).toEqual([
      ["content-lost", lost],
      ["content-collected", undefined],
    ]);
  });

  it("does not unpin what somebody else pinned and lost: that is said, and nothing is removed", async () => {
    const folder = await newFolder();
    const node = await open({ folder });
    const foreign = await node.put(pattern(8000, 15));
    const loose = await node.put(pattern(9000, 16), { pin: false });
    for (const path of await filesIn(join(folder, "blocks"))) {
      if ((await readFile(path)).length === 8000) await writeFile(path, pattern(8000, 99));
    }
    await node.get(foreign, { timeoutMs: 100, retries: 0 }).catch(() => {});
    const { collect } = collectorOf(node, async () => [project({})]);

    await expect(collect()).rejects.toMatchObject({ code: "CW2400" });

    expect(await node.pins()).toEqual([{ cid: foreign, holder: "" }]);
    expect(await node.has(loose)).toBe(true);
  });
});
