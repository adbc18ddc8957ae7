import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readPosting } from "../../services/adapters/chain/projects/project-posting.ts";
import { readModels } from "../../services/adapters/chain/rounds/published-models.ts";
import {
  readBundleNames,
  readOpenings,
} from "../../services/adapters/chain/rounds/round-events.ts";
import { openIpfsNode } from "../../services/adapters/ipfs/ipfs-node.ts";
import { eventually } from "../eventually.ts";
import { startSmallMarket } from "./small-market.ts";
import type { AggregatorProcess } from "./small-market-aggregator.ts";

const ROUNDS = 5;

it("an aggregator that collects all the time settles every round, and keeps the models and the last rounds' bundles only", async () => {
  const folder = mkdtempSync(join(tmpdir(), "commonweight collected "));
  const market = await startSmallMarket({
    ...{ folder, rounds: ROUNDS },
    aggregatorWords: ["--keep-rounds", "1", "--collect-hours", "0.0001"],
  });
  try {
    const { chain, projectId } = market;
    const project = await market.ended;
    const collections = () => market.events.filter(({ type }) => type === "content-collected");
    const untilNow = collections().length;
    await eventually(() => expect(collections().length).toBeGreaterThan(untilNow + 1));
    const aggregator = market.aggregators[0] as AggregatorProcess;
    await aggregator.kill();

    expect(project.appliedRounds).toBe(ROUNDS);
    expect(market.events.filter(({ type }) => /lost|rebuilt|collection-failed/.test(type))).toEqual(
      [],
    );
    const { manifestCid } = await readPosting(chain, projectId);
    const models = (await readModels(chain, projectId)).map(({ cid }) => cid);
    const openings = await readOpenings(chain, projectId);
    const bundles = [
      ...(await readBundleNames(chain, projectId)),
      ...openings.flatMap(({ roundIndex, referenceCid, payGradientCid }) =>
        [referenceCid, payGradientCid].map((bundleCid) => ({ roundIndex, bundleCid })),
      ),
    ];
    expect([models.length, bundles.length]).toEqual([ROUNDS + 1, ROUNDS * 5]);
    const node = await openIpfsNode({ folder: join(aggregator.stateFolder, "ipfs"), listen: [] });
    try {
      for (const cid of [manifestCid, ...models]) expect(await node.has(cid)).toBe(true);
      for (const { roundIndex, bundleCid } of bundles) {
        expect([roundIndex, await node.has(bundleCid)]).toEqual([
          roundIndex,
          roundIndex >= ROUNDS - 2,
        ]);
      }
      expect(await node.collectGarbage()).toMatchObject({ blocks: 0 });
    } finally {
      await node.stop();
    }
  } finally {
    await market.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}, 600_000);
