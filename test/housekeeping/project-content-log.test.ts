import { afterAll, beforeAll, expect, it } from "vitest";
import { announceStop } from "../../services/adapters/chain/projects/project.ts";
import { readPosting } from "../../services/adapters/chain/projects/project-posting.ts";
import { readModels } from "../../services/adapters/chain/rounds/published-models.ts";
import { readOpenings } from "../../services/adapters/chain/rounds/round-events.ts";
import { ProjectContentLog } from "../../services/housekeeping/project-content-log.ts";
import { type PlayedMarket, startPlayedMarket } from "../cli/played-market.ts";

let market: PlayedMarket;
beforeAll(async () => {
  market = await startPlayedMarket();
});
afterAll(() => market?.stop());

it("the chain names a project's content: what lasts, the bundles of each round, and its end", async () => {
  const chain = market.of("owner");
  const { projectId } = market;
  const log = new ProjectContentLog(chain, projectId);
  const { manifestCid } = await readPosting(chain, projectId);

  const before = await log.read();
  expect(before).toMatchObject({ newestRound: -1, endedAt: undefined });
  expect([...before.lasting]).toEqual([manifestCid, (await readModels(chain, projectId))[0]?.cid]);

  await market.playRound();
  const open = await market.openNext();
  // The same log reads on, and a new one reads all.
  for (const each of [log, new ProjectContentLog(chain, projectId)]) {
    const { lasting, bundles, newestRound, endedAt } = await each.read();
    const [first] = await readOpenings(chain, projectId, 0);
    const models = await readModels(chain, projectId);
    expect(models).toHaveLength(2);
    expect(lasting).toEqual(new Set([manifestCid, ...models.map(({ cid }) => cid)]));
    expect([newestRound, endedAt]).toEqual([1, undefined]);
    // In this market updates are called like the reference.
    expect(bundles).toEqual(
      new Map([
        [0, new Set([first?.referenceCid])],
        [1, new Set([open])],
      ]),
    );
  }

  await market.submitAs(["trainer-1", "trainer-2", "trainer-3"]);
  await announceStop(chain, projectId);
  await market.settle();
  const after = await log.read();
  expect(after.endedAt).toBe((await chain.provider.getBlock("latest"))?.timestamp);
  // Looked at again, when its end lies outside of what is read.
  await chain.provider.send("hardhat_mine", ["0x7d0"]);
  expect((await log.read()).endedAt).toBe(after.endedAt);
  expect((await log.read()).endedAt).toBe(after.endedAt);
});
