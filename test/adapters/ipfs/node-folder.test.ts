import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openIpfsNode } from "../../../services/adapters/ipfs/ipfs-node.ts";
import { contentStoreErrors } from "../../../services/protocol/content-store.ts";
import { fails, filesIn, nodesToTest, pattern } from "./nodes-to-test.ts";

const { newFolder, open } = nodesToTest();

describe("a node's folder", () => {
  it("keeps identity, pins and content over a restart", async () => {
    const folder = await newFolder();
    const before = await open({ folder });
    const cid = await before.put(pattern(1_200_000, 30));
    await before.put(pattern(50, 31), { pin: false });
    await before.pin(cid, { holder: "trainer/1" });
    await before.stop();

    const after = await open({ folder });

    expect(after.peerId).toBe(before.peerId);
    expect(await after.pins()).toEqual([
      { cid, holder: "" },
      { cid, holder: "trainer/1" },
    ]);
    expect(await after.collectGarbage()).toEqual({ blocks: 1, bytes: 50 });
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

  it("tells who asks for a block that is not here nothing about its disk", async () => {
    const folder = await newFolder();
    const node = await open({ folder });
    const cid = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";

    const refusal = { code: "CW2400", message: `block ${cid} is not here` };
    await expect(node.getBlock(cid)).rejects.toMatchObject(refusal);
    await expect(node.exportCar(cid)[Symbol.asyncIterator]().next()).rejects.toMatchObject(refusal);
  });
});
