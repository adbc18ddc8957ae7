import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Chain } from "../../services/adapters/chain/connect.ts";
import { readPosting } from "../../services/adapters/chain/projects/project-posting.ts";
import { readModels } from "../../services/adapters/chain/rounds/published-models.ts";
import {
  readBundleNames,
  readOpenings,
} from "../../services/adapters/chain/rounds/round-events.ts";
import { type IpfsNode, openIpfsNode } from "../../services/adapters/ipfs/ipfs-node.ts";
import {
  type CollectingParts,
  startCollecting,
} from "../../services/housekeeping/start-collecting.ts";
import { refereeContent } from "../../services/owner/referee/referee-content.ts";
import { openReferenceStore } from "../../services/owner/referee/reference-store.ts";
import { trainerContent } from "../../services/worker/trainer-content.ts";
import { openWorkStore } from "../../services/worker/work-store.ts";
import { eventually } from "../eventually.ts";
import { startSmallMarket } from "./small-market.ts";
import type { AggregatorProcess } from "./small-market-aggregator.ts";

const ROUNDS = 5;
const KEEPING = { rounds: 1, endedSeconds: 86_400, collectEveryMs: 200 };

/** Bundles by what they are called on the chain, in all rounds. */
async function readBundles(chain: Chain, projectId: bigint) {
  const openings = await readOpenings(chain, projectId);
  return {
    updates: await readBundleNames(chain, projectId),
    references: openings.flatMap(({ roundIndex, referenceCid, payGradientCid }) =>
      [referenceCid, payGradientCid].map((bundleCid) => ({ roundIndex, bundleCid })),
    ),
  };
}

/** Opens a folder's node alone. */
async function withNode(folder: string, look: (node: IpfsNode) => Promise<void>): Promise<void> {
  const node = await openIpfsNode({ folder: join(folder, "ipfs"), listen: [] });
  try {
    await look(node);
  } finally {
    await node.stop();
  }
}

/** Collects once more, now that nothing is under way. */
async function collectOnce(
  chain: Chain,
  contentStore: IpfsNode,
  role: Pick<CollectingParts, "role" | "listProjects" | "choose" | "onReleased">,
): Promise<void> {
  const stopping = new AbortController();
  const failures: unknown[] = [];
  await startCollecting({
    ...{ chain, contentStore, ...role, keeping: KEEPING, signal: stopping.signal },
    say: () => stopping.abort(),
    onFailed: (error) => {
      failures.push(error);
      stopping.abort();
    },
  });
  expect(failures).toEqual([]);
}

it("a market in which everybody collects all the time settles every round, and each keeps what it has to, and no more", async () => {
  const folder = mkdtempSync(join(tmpdir(), "commonweight collected "));
  const market = await startSmallMarket({
    ...{ folder, rounds: ROUNDS, keeping: KEEPING },
    aggregatorWords: ["--keep-rounds", "1", "--collect-hours", "0.0001"],
  });
  try {
    const { chain, projectId } = market;
    const project = await market.ended;
    const collections = () =>
      market.events.filter(({ who, type }) => who === "primary" && type === "content-collected");
    const untilNow = collections().length;
    await eventually(() => expect(collections().length).toBeGreaterThan(untilNow + 1));
    const aggregator = market.aggregators[0] as AggregatorProcess;
    await aggregator.kill();

    expect(project.appliedRounds).toBe(ROUNDS);
    expect(market.events.filter(({ type }) => /lost|rebuilt|collection-failed/.test(type))).toEqual(
      [],
    );
    const collectors = market.events.filter(({ type }) => type === "content-collected");
    expect(new Set(collectors.map(({ who }) => who))).toEqual(
      new Set(["primary", "referee", "trainer-1", "trainer-2", "trainer-3"]),
    );
    const { manifestCid } = await readPosting(chain, projectId);
    const models = (await readModels(chain, projectId)).map(({ cid }) => cid);
    const { updates, references } = await readBundles(chain, projectId);
    expect([models.length, updates.length, references.length]).toEqual([
      ...[ROUNDS + 1, ROUNDS * 3, ROUNDS * 2],
    ]);
    const isOfLast = ({ roundIndex }: { roundIndex: number }) => roundIndex >= ROUNDS - 2;
    const bundles = [...updates, ...references];
    const areHere = (node: IpfsNode, cids: readonly string[]) =>
      Promise.all(cids.map((cid) => node.has(cid)));

    await withNode(aggregator.stateFolder, async (node) => {
      expect(await areHere(node, [manifestCid, ...models])).not.toContain(false);
      const found = await areHere(
        node,
        bundles.map(({ bundleCid }) => bundleCid),
      );
      expect(found).toEqual(bundles.map(isOfLast));
      expect(await node.collectGarbage()).toMatchObject({ blocks: 0 });
    });
    await withNode(join(folder, "referee"), async (node) => {
      const store = openReferenceStore(join(folder, "referee", "referee.sqlite"));
      const parts = { chain, contentStore: node, store, projectId };
      await collectOnce(chain, node, refereeContent(parts));
      store.close();
      const found = await areHere(
        node,
        references.map(({ bundleCid }) => bundleCid),
      );
      expect(found).toEqual(references.map(isOfLast));
      // Also the last one, on which nobody has trained.
      expect(await areHere(node, [manifestCid, ...models])).not.toContain(false);
    });
    for (const name of ["trainer-1", "trainer-2", "trainer-3"]) {
      await withNode(join(folder, name), async (node) => {
        const workStore = openWorkStore(join(folder, name, "worker.sqlite"));
        const own = workStore.list(projectId);
        const parts = { chain, contentStore: node, workStore, projectIds: [projectId] };
        await collectOnce(chain, node, trainerContent(parts));
        expect(own.map(({ stage }) => stage)).toEqual(Array(ROUNDS).fill("settled"));
        expect(workStore.listContent(projectId).map(({ cid }) => cid)).toEqual(
          own.filter(isOfLast).map(({ bundleCid }) => bundleCid),
        );
        workStore.close();
        const cids = own.map(({ bundleCid }) => bundleCid);
        expect(await areHere(node, cids)).toEqual(own.map(isOfLast));
        expect(await areHere(node, models.slice(0, -1))).not.toContain(true);
      });
    }
  } finally {
    await market.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}, 600_000);
