import * as dagPb from "@ipld/dag-pb";
import { UnixFS } from "ipfs-unixfs";
import { CID } from "multiformats/cid";
import { create as createDigest } from "multiformats/hashes/digest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createBlockContentStore } from "../../../services/adapters/content-store/block-content-store.ts";
import { concatBytes } from "../../../services/adapters/content-store/car.ts";
import { blockContentId, isBlockOf } from "../../../services/adapters/content-store/content-id.ts";
import { createHttpApiStore } from "../../../services/adapters/content-store/http-api-store.ts";
import {
  createMemoryStore,
  type SharedBlocks,
} from "../../../services/adapters/content-store/memory-store.ts";
import { openIpfsNode } from "../../../services/adapters/ipfs/ipfs-node.ts";
import { type ContentStore, contentStoreErrors } from "../../../services/protocol/content-store.ts";
import type { ErrorDefinition } from "../../../services/protocol/errors.ts";
import { type FakeIpfsApi, startFakeIpfsApi } from "./fake-ipfs-api.ts";
import { readCar } from "./read-car.ts";

const kinds: [
  name: string,
  open: () => Promise<{ store: ContentStore; close: () => Promise<void> }>,
][] = [
  ["in memory", async () => opened(createMemoryStore())],
  ["an IPFS node", async () => opened(await openIpfsNode({ listen: [] }))],
  [
    "an IPFS node's HTTP API",
    async () => {
      const api = await startFakeIpfsApi();
      return { store: createHttpApiStore({ url: api.url }), close: () => api.close() };
    },
  ],
];

describe.each(kinds)("a content store: %s", (name, open) => {
  let store: ContentStore;
  let close: () => Promise<void>;
  beforeAll(async () => {
    ({ store, close } = await open());
  });
  afterAll(async () => {
    await store.stop();
    await close();
  });

  it("returns what was put, for no byte, one block, and several with a root", async () => {
    for (const length of [0, 1, 2 ** 20, 2 ** 20 + 1, 3 * 2 ** 20 + 17]) {
      const bytes = pattern(length);
      expect(Buffer.compare(await store.get(await store.put(bytes)), bytes)).toBe(0);
    }
  });

  it("names the same content by the same CID as every IPFS node with the 2025 UnixFS profile", async () => {
    expect(await store.put(new TextEncoder().encode("hello"))).toBe(
      "bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq",
    );
    expect(await store.put(pattern(2 ** 20 + 1))).toBe(
      await createMemoryStore().put(pattern(2 ** 20 + 1)),
    );
  });

  it("takes and gives streams, and tells how far it has come", async () => {
    const seen: number[] = [];
    const pieces = async function* () {
      for (let index = 0; index < 5; index++) yield pattern(700_000).map((byte) => byte ^ index);
    };

    const cid = await store.put(pieces(), { onProgress: ({ doneBytes }) => seen.push(doneBytes) });
    const got: Uint8Array[] = [];
    for await (const piece of store.stream(cid)) got.push(piece);

    expect(seen).toEqual([700_000, 1_400_000, 2_100_000, 2_800_000, 3_500_000]);
    expect(got.length).toBe(4);
    expect(Buffer.compare(concatBytes(got), concatBytes(await collect(pieces())))).toBe(0);
  });

  it("refuses content beyond the limit before its second block", async () => {
    const cid = await store.put(pattern(3 * 2 ** 20));
    const progress: number[] = [];

    await fails(
      store.get(cid, {
        maxBytes: 2 ** 20,
        onProgress: ({ doneBytes }) => progress.push(doneBytes),
      }),
      contentStoreErrors.tooLarge,
    );

    expect(progress).toEqual([]);
  });

  it("refuses a manifest larger than a block and keeps a small one under its own codec", async () => {
    const manifest = new TextEncoder().encode('{"version":1}');

    const cid = await store.put(manifest, { codec: "dag-json" });

    expect(CID.parse(cid).code).toBe(0x0129);
    expect(await store.get(cid)).toEqual(manifest);
    await fails(
      store.put(new Uint8Array(2 ** 20 + 1), { codec: "dag-json" }),
      contentStoreErrors.tooLarge,
    );
  });

  it("says what is no CID, or one of a kind it does not take", async () => {
    // Decoded, it would keep the process busy for an hour.
    await fails(store.get(`z${"9".repeat(1_000_000)}`), contentStoreErrors.badCid);
    await fails(store.get("hello"), contentStoreErrors.badCid);
    const identity = CID.createV1(0x55, {
      code: 0,
      digest: new Uint8Array(3),
      size: 3,
      bytes: Uint8Array.of(0, 3, 0, 0, 0),
    });
    await fails(store.get(identity.toString()), contentStoreErrors.badCid);
  });

  it.skipIf(name.includes("HTTP"))(
    "keeps what is pinned, forgets the rest, and counts shared blocks for whoever still pins them",
    async () => {
      const shared = pattern(2 ** 20);
      const one = await store.put(concatBytes([shared, pattern(9)]));
      const two = await store.put(concatBytes([shared, pattern(10)]));
      const loose = await store.put(pattern(1234), { pin: false });

      await store.unpin(one);
      await store.unpin(one);
      await store.collectGarbage();

      expect(await Promise.all([one, two, loose].map((cid) => store.has(cid)))).toEqual([
        false,
        true,
        false,
      ]);
      expect(await store.pins()).toContainEqual({ cid: two, holder: "" });
      await store.pin(two);
      await store.unpin(two);
      await store.collectGarbage();
      expect(await store.has(two)).toBe(false);
    },
  );

  it.skipIf(name.includes("HTTP"))(
    "keeps content until everybody who asked for it has let go of it, each under its own name",
    async () => {
      const cid = await store.put(pattern(4321), { holder: "aggregator/7" });
      await store.pin(cid);
      await store.pin(cid, { holder: "owner" });
      const isHere = async () => {
        await store.collectGarbage();
        return store.has(cid);
      };
      const holders = async () =>
        (await store.pins()).filter((pin) => pin.cid === cid).map(({ holder }) => holder);

      expect((await holders()).sort()).toEqual(["", "aggregator/7", "owner"]);
      await store.unpin(cid);
      await store.unpin(cid, { holder: "aggregator" });
      expect(await isHere()).toBe(true);
      await store.unpin(cid, { holder: "aggregator/7" });
      expect(await holders()).toEqual(["owner"]);
      expect(await isHere()).toBe(true);
      await store.unpin(cid, { holder: "owner" });
      expect(await isHere()).toBe(false);
    },
  );

  it("exports content as a CAR whose blocks rebuild it elsewhere", async () => {
    const bytes = pattern(2 ** 20 + 5);
    const cid = await store.put(bytes);

    const blocks = await readCar(store.exportCar(cid));

    expect(blocks.size).toBe(3);
    expect(blocks.get(cid)).toEqual(await store.getBlock(cid));
  });

  it("stops a transfer that its caller cancels", async () => {
    const cid = await store.put(pattern(2 ** 20 * 3 + 5));
    const controller = new AbortController();

    const getting = store.get(cid, {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });

    await fails(getting, contentStoreErrors.aborted);
    await fails(store.get(cid, { signal: AbortSignal.abort() }), contentStoreErrors.aborted);
  });
});

describe("collecting garbage", () => {
  it("waits for content that is being put, and keeps it", async () => {
    const store = createMemoryStore();
    const { promise: mayGoOn, resolve: goOn } = Promise.withResolvers<void>();
    const slowly = async function* () {
      yield pattern(2 ** 20);
      await mayGoOn;
      yield pattern(10);
    };

    const putting = store.put(slowly());
    const collecting = store.collectGarbage();
    const later = store.put(pattern(5));
    goOn();

    expect(await store.has(await putting)).toBe(true);
    expect(await collecting).toMatchObject({ blocks: 0 });
    expect(await store.has(await later)).toBe(true);
  });

  it("keeps nobody from writing while it reads what is pinned, and keeps what was written and pinned meanwhile", async () => {
    const blocks = new Map<string, Uint8Array>();
    const [pinned, pinnedLater, loose] = [
      await addBlock(blocks, pattern(100), 0x55),
      await addBlock(blocks, pattern(200), 0x55),
      await addBlock(blocks, pattern(300), 0x55),
    ].map(String) as [string, string, string];
    const listed = Promise.withResolvers<void>();
    const mayGoOn = Promise.withResolvers<void>();
    const afterListing = async () => {
      listed.resolve();
      await mayGoOn.promise;
    };
    const store = storeOver(blocks, [pinned], afterListing);

    const collecting = store.collectGarbage();
    await listed.promise;
    const put = await store.put(pattern(400));
    await store.pin(pinnedLater);
    mayGoOn.resolve();

    expect(await collecting).toEqual({ blocks: 1, bytes: 300 });
    expect([...blocks.keys()].sort()).toEqual([pinned, pinnedLater, put].sort());
    expect(blocks.has(loose)).toBe(false);
  });

  it("stops before a pin that is not whole, rather than take what is left of it", async () => {
    const blocks = new Map<string, Uint8Array>();
    const leaf = await addBlock(blocks, pattern(1000), 0x55);
    const root = await addBlock(blocks, directoryOf([leaf], [1000n]), 0x70);
    blocks.delete(leaf.toString());

    const collecting = storeOver(blocks, [root.toString()]).collectGarbage();

    await expect(collecting).rejects.toThrow(`pinned content ${root} is not whole here`);
    expect(blocks.size).toBe(1);
  });
});

describe("graphs built to hurt their reader", () => {
  it("refuses a root that claims to be small and is not", async () => {
    const blocks = new Map<string, Uint8Array>();
    const leaf = await addBlock(blocks, pattern(1000), 0x55);
    const root = await addBlock(blocks, directoryOf([leaf, leaf, leaf], [1n, 1n, 1n]), 0x70);

    await fails(
      storeOver(blocks).get(root.toString(), { maxBytes: 2000 }),
      contentStoreErrors.tooLarge,
    );
  });

  it("refuses a few blocks whose links repeat into millions of empty pieces", async () => {
    const blocks = new Map<string, Uint8Array>();
    let node = await addBlock(blocks, new Uint8Array(), 0x55);
    for (let level = 0; level < 6; level++) {
      node = await addBlock(blocks, directoryOf(Array(100).fill(node), Array(100).fill(0n)), 0x70);
    }

    await fails(
      storeOver(blocks).get(node.toString(), { maxBytes: 100_000 }),
      contentStoreErrors.malformed,
    );
  });

  it("visits blocks whose links repeat once each, to see whether they are here and to hand them out", async () => {
    const blocks = new Map<string, Uint8Array>();
    let node = await addBlock(blocks, new Uint8Array(), 0x55);
    for (let level = 0; level < 6; level++) {
      node = await addBlock(blocks, directoryOf(Array(100).fill(node), Array(100).fill(0n)), 0x70);
    }
    const store = storeOver(blocks);

    expect(await store.has(node.toString(), { timeoutMs: 2000 })).toBe(true);
    expect([...(await readCar(store.exportCar(node.toString()))).keys()].sort()).toEqual(
      [...blocks.keys()].sort(),
    );
  });

  it("refuses links of which any block could be the one they name", async () => {
    const blocks = new Map<string, Uint8Array>();
    const bytes = pattern(1000);
    const leaf = await addBlock(blocks, bytes, 0x55);
    const { digest } = leaf.multihash;
    const links = [
      CID.createV1(0x55, createDigest(0x12, digest.subarray(0, 0))),
      CID.createV1(0x55, createDigest(0x12, digest.subarray(0, 4))),
      CID.createV1(0x55, createDigest(0x00, digest)),
      CID.createV1(0x71, leaf.multihash),
    ];

    for (const link of links) {
      blocks.set(link.toString(), bytes);
      const root = await addBlock(blocks, directoryOf([link], [1000n]), 0x70);
      await fails(storeOver(blocks).get(root.toString()), contentStoreErrors.malformed);
      expect(await isBlockOf(link, bytes)).toBe(false);
    }
    const whole = await addBlock(blocks, directoryOf([leaf], [1000n]), 0x70);
    expect(await storeOver(blocks).get(whole.toString())).toEqual(bytes);
  });

  it("refuses a directory, and bytes that are no dag-pb", async () => {
    const blocks = new Map<string, Uint8Array>();
    const directory = await addBlock(
      blocks,
      dagPb.encode({ Data: new UnixFS({ type: "directory" }).marshal(), Links: [] }),
      0x70,
    );
    const noise = await addBlock(blocks, Uint8Array.of(255, 1, 2, 3), 0x70);

    await fails(storeOver(blocks).get(directory.toString()), contentStoreErrors.malformed);
    await fails(storeOver(blocks).get(noise.toString()), contentStoreErrors.malformed);
  });
});

describe("in memory, sharing a network", () => {
  it("fetches from the other store and not what nobody has", async () => {
    const network: SharedBlocks = new Map();
    const [one, other] = [createMemoryStore({ network }), createMemoryStore({ network })];
    const cid = await one.put(pattern(5000));

    expect(await other.has(cid)).toBe(false);
    expect(await other.get(cid)).toEqual(pattern(5000));
    await fails(createMemoryStore().get(cid, { retries: 0 }), contentStoreErrors.notFound);
  });
});

describe("an IPFS node's HTTP API that misbehaves", () => {
  let api: FakeIpfsApi;
  let cid: string;
  const bytes = pattern(2 ** 20 + 1);
  beforeAll(async () => {
    api = await startFakeIpfsApi();
    cid = await createHttpApiStore({ url: api.url }).put(bytes);
  });
  afterAll(() => api.close());
  const get = (options = {}) =>
    createHttpApiStore({ url: api.url }).get(cid, { retries: 0, timeoutMs: 300, ...options });

  it("is caught when it sends another block", async () => {
    api.misbehave = (block) => block.map((byte) => byte ^ 1);
    await fails(get({ timeoutMs: 60_000 }), contentStoreErrors.corrupt);
  });

  it("is caught when it floods: the answer is cut at the largest block", async () => {
    api.misbehave = () => new Uint8Array(2 ** 23);
    await fails(get({ timeoutMs: 60_000 }), contentStoreErrors.tooLarge);
  });

  it("is given up on when it hangs", async () => {
    api.misbehave = () => "hang";
    await fails(get(), contentStoreErrors.timedOut);
  });

  it("is asked again when it drops the connection once", async () => {
    let drops = 1;
    api.misbehave = (block) => (drops-- > 0 ? "cut" : block);
    expect(Buffer.compare(await get({ retries: 1, timeoutMs: 60_000 }), bytes)).toBe(0);
  });

  it("is named when it is not there", async () => {
    const store = createHttpApiStore({ url: "http://127.0.0.1:1" });
    await fails(store.get(cid, { retries: 0 }), contentStoreErrors.unreachable);
    await fails(store.put(bytes), contentStoreErrors.unreachable);
  });
});

async function fails(work: Promise<unknown>, definition: ErrorDefinition): Promise<void> {
  await expect(work).rejects.toMatchObject({ code: definition.code });
}

async function collect(source: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = [];
  for await (const part of source) parts.push(part);
  return parts;
}

async function opened(store: ContentStore) {
  return { store, close: async () => {} };
}

function pattern(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = 1;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

async function addBlock(
  blocks: Map<string, Uint8Array>,
  bytes: Uint8Array,
  codec: number,
): Promise<CID> {
  const cid = await blockContentId(bytes, codec);
  blocks.set(cid.toString(), bytes);
  return cid;
}

function directoryOf(links: readonly CID[], sizes: readonly bigint[]): Uint8Array {
  const file = new UnixFS({ type: "file", blockSizes: [...sizes] });
  return dagPb.encode({
    Data: file.marshal(),
    Links: links.map((Hash) => ({ Hash, Name: "", Tsize: 0 })),
  });
}

function storeOver(
  blocks: Map<string, Uint8Array>,
  pinned: string[] = [],
  afterListing: () => Promise<void> = async () => {},
): ContentStore {
  const load = async (cid: CID) =>
    blocks.get(cid.toString()) ?? Promise.reject(new RangeError("not there"));
  const nothing = async () => {};
  const pins = pinned.map((cid) => ({ cid, holder: "" }));
  return createBlockContentStore({
    load,
    loadHere: load,
    put: async (cid, block) => void blocks.set(cid.toString(), block),
    deleteBlock: async (cid) => void blocks.delete(cid.toString()),
    blocks: async () => {
      const cids = [...blocks.keys()].map((cid) => CID.parse(cid));
      await afterListing();
      return cids;
    },
    addPin: async (pin) => void pins.push(pin),
    removePin: nothing,
    pins: async () => [...pins],
    stop: nothing,
  });
}
