import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openIpfsNode } from "../../../services/adapters/ipfs/ipfs-node.ts";

describe("a model of 64 MB", () => {
  it("goes from the aggregator's disk to four trainers at once, and to one that joins when they are done", async () => {
    const folder = await mkdtemp(join(tmpdir(), "cw-large-"));
    const model = new Uint8Array(64 * 2 ** 20);
    for (let offset = 0; offset < model.length; offset += 65536)
      crypto.getRandomValues(model.subarray(offset, offset + 65536));
    const aggregator = await openIpfsNode({ folder });
    const openTrainer = () => openIpfsNode({ listen: [], dial: aggregator.addresses() });
    const trainers = await Promise.all([1, 2, 3, 4].map(openTrainer));
    try {
      const cid = await aggregator.put(model);

      const copies = await Promise.all(
        trainers.map((trainer) => trainer.get(cid, { maxBytes: model.length })),
      );
      trainers.push(await openTrainer());
      const late = await trainers[4]?.get(cid, { maxBytes: model.length });

      for (const copy of [...copies, late])
        expect(Buffer.compare(copy as Uint8Array, model)).toBe(0);
    } finally {
      await Promise.all([...trainers, aggregator].map((node) => node.stop()));
      await rm(folder, { recursive: true, force: true });
    }
  });
});
