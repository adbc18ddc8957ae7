import { afterAll, beforeAll, expect, it } from "vitest";
import { announceStop, readProject } from "../../services/adapters/chain/projects/project.ts";
import { openIpfsNode } from "../../services/adapters/ipfs/ipfs-node.ts";
import { accountContent } from "../../services/aggregator/account-content.ts";
import { openRoundStore } from "../../services/aggregator/store/round-store.ts";
import { projectHolder } from "../../services/housekeeping/project-holder.ts";
import {
  type CollectingParts,
  startCollecting,
} from "../../services/housekeeping/start-collecting.ts";
import type { PutOptions } from "../../services/protocol/content-store.ts";
import { type PlayedMarket, startPlayedMarket } from "../cli/played-market.ts";
import { eventually } from "../eventually.ts";

let market: PlayedMarket;
beforeAll(async () => {
  market = await startPlayedMarket();
});
afterAll(() => market?.stop());

it("an account collects in the background what its projects on the chain need no more, and stops when it is told", async () => {
  const { projectId } = market;
  const chain = market.of("aggregator");
  const node = await openIpfsNode();
  const store = openRoundStore(":memory:", { append: () => {}, read: () => [] });
  const said: Record<string, unknown>[] = [];
  const stopping = new AbortController();
  let isLookedAt = false;
  const project = await readProject(chain, projectId);
  const parts: CollectingParts = {
    ...{ chain, contentStore: node, signal: stopping.signal },
    keeping: { rounds: 1, endedSeconds: 0, collectEveryMs: 20 },
    ...accountContent({
      ...{ chain, store },
      listMarket: () => (isLookedAt ? [project] : undefined),
      refusalOf: () => undefined,
    }),
    say: (type, details) => said.push({ type, ...details }),
    onFailed: (error) => said.push({ type: "collection-failed", error }),
  };
  const collected = async (count: number) => {
    const before = said.length;
    await eventually(() => expect(said.length).toBeGreaterThanOrEqual(before + count));
    expect(said.filter(({ type }) => type !== "content-collected")).toEqual([]);
  };
  const holder = projectHolder(chain, "aggregator", projectId);
  const put = (text: string, options: PutOptions = { holder }) =>
    node.put(new TextEncoder().encode(text), options);
  const areHere = (...cids: string[]) => Promise.all(cids.map((cid) => node.has(cid)));
  // In this market a round's model is called like its reference.
  const model = await put("reference 0");
  const [foreign, loose] = [await put("x", {}), await put("y", { pin: false })];
  const late = await put("an update that came too late");
  store.saveContent(projectId, 0, late);
  const copy = await put("a model that is called otherwise on chain");
  store.saveModelCopy(projectId, { version: 1, commitment: { x: 1n, y: 2n }, cid: copy });
  await market.playRound();

  const collecting = startCollecting(parts);
  try {
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await areHere(loose)).toEqual([true]);
    isLookedAt = true;
    await collected(2);
    expect(await areHere(model, foreign, late, loose)).toEqual([true, true, true, false]);

    for (let round = 1; round <= 2; round++) await market.playRound();
    await collected(2);
    expect(await areHere(model, foreign, late, copy)).toEqual([true, true, false, true]);
    expect(store.listContent(projectId)).toEqual([]);

    await announceStop(market.of("owner"), projectId);
    await eventually(async () =>
      expect(await areHere(model, foreign, copy)).toEqual([false, true, false]),
    );
    // Nothing is known of it any more, so that nothing is looked for.
    await collected(2);
    expect(said.at(-1)).toMatchObject({ kept: 0, released: 0, blocks: 0 });
  } finally {
    stopping.abort();
    await collecting;
  }
  const count = said.length;
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(said).toHaveLength(count);
  store.close();
  await node.stop();
});
