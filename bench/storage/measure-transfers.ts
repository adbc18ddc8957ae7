import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openIpfsNode } from "../../services/adapters/ipfs/ipfs-node.ts";

/** One content moved between two IPFS nodes on this machine. */
export interface TransferFigures {
  readonly megabytes: number;
  readonly direction: string;
  readonly putMegabytesPerSecond: number;
  readonly getMegabytesPerSecond: number;
}

/** Moves content of each size from a trainer to an aggregator and back, both with their blocks on disk. */
export async function measureTransfers(sizes: readonly number[]): Promise<TransferFigures[]> {
  const folder = await mkdtemp(join(tmpdir(), "cw-bench-"));
  const aggregator = await openIpfsNode({ folder: join(folder, "aggregator") });
  const trainer = await openIpfsNode({
    folder: join(folder, "trainer"),
    listen: [],
    dial: aggregator.addresses(),
  });
  const figures: TransferFigures[] = [];
  try {
    for (const megabytes of sizes) {
      for (const [direction, from, to] of [
        ["trainer to aggregator", trainer, aggregator],
        ["aggregator to trainer", aggregator, trainer],
      ] as const) {
        const bytes = randomBytes(megabytes * 1e6);
        const startedAt = performance.now();
        const cid = await from.put(bytes);
        const putAt = performance.now();
        const got = await to.get(cid);
        const gotAt = performance.now();
        if (got.length !== bytes.length) throw new RangeError("lost bytes");
        figures.push({
          megabytes,
          direction,
          putMegabytesPerSecond: megabytes / ((putAt - startedAt) / 1000),
          getMegabytesPerSecond: megabytes / ((gotAt - putAt) / 1000),
        });
      }
    }
  } finally {
    await Promise.all([aggregator.stop(), trainer.stop()]);
    await rm(folder, { recursive: true, force: true });
  }
  return figures;
}

function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let offset = 0; offset < length; offset += 65536)
    crypto.getRandomValues(bytes.subarray(offset, Math.min(length, offset + 65536)));
  return bytes;
}
