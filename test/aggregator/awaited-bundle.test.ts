import { afterAll, beforeAll, expect, it } from "vitest";
import { readProject } from "../../services/adapters/chain/projects/project.ts";
import { readRound } from "../../services/adapters/chain/rounds/round.ts";
import { RoundLog } from "../../services/adapters/chain/rounds/round-log.ts";
import type { BundleOpener, NamedBundle } from "../../services/aggregator/round/bundle-opener.ts";
import type { ModelKeeper } from "../../services/aggregator/round/model-keeper.ts";
import { openRoundContent } from "../../services/aggregator/round/round-content.ts";
import { type PlayedMarket, startPlayedMarket } from "../cli/played-market.ts";

let market: PlayedMarket;
beforeAll(async () => {
  market = await startPlayedMarket();
  await market.openNext();
  await market.submitAs(["trainer-1", "trainer-2", "trainer-3"]);
});
afterAll(() => market.stop());

/** Every key came; of the second trainer's bundle is said what `failure` says. */
async function open(
  failure: { reason: number } | undefined,
  isRevealOver: boolean,
  minTrainers = 2,
) {
  const chain = market.of("aggregator");
  const project = await readProject(chain, market.projectId);
  const missing: string[] = [];
  const tries: number[] = [];
  const second = market.of("trainer-2").account;
  const opener: Pick<BundleOpener, "open" | "releasedKeys"> = {
    releasedKeys: async () => () => [{ bytes: new Uint8Array(32), isOnChain: false }],
    open: async (_project, _round, { slot, trainer }: NamedBundle) => {
      tries.push(slot);
      return failure !== undefined && trainer === second
        ? ({ slot, trainer, bundleCid: "b", code: "", explanation: "", ...failure } as never)
        : { slot, trainer, update: new Int16Array(1), blinding: 1n, commitment: { x: 1n, y: 2n } };
    },
  };
  const models = { current: async () => [{}, undefined] } as unknown as ModelKeeper;
  const content = await openRoundContent(
    {
      ...{ chain, models, onMissing: (what) => void missing.push(what) },
      rounds: new RoundLog(chain, market.projectId),
      opener: opener as BundleOpener,
    },
    {
      // Two of its three trainers are enough for it, unless the case says otherwise.
      project: { ...project, terms: { ...project.terms, minTrainers } },
      round: await readRound(chain, market.projectId),
      isRevealOver,
    },
  );
  // Each once: to find out that nobody has it takes a minute.
  expect(tries.sort()).toEqual([...new Set(tries)]);
  expect(tries).toHaveLength(5);
  return { missing, readable: content?.updates.filter((each) => "update" in each).length };
}

it("a bundle that nobody has now is waited for while keys may come, and left out after that", async () => {
  const away = { reason: 2 };
  const withoutItsKey = { reason: 1 };
  const malformed = { reason: 3 };

  expect(await open(undefined, false)).toEqual({ missing: [], readable: 3 });
  for (const failure of [away, withoutItsKey]) {
    expect(await open(failure, false)).toEqual({
      missing: ["bundles that nobody has now, or their keys"],
      readable: undefined,
    });
    expect(await open(failure, true)).toEqual({ missing: [], readable: 2 });
  }
  // What its author got wrong no waiting puts right.
  expect(await open(malformed, false)).toEqual({ missing: [], readable: 2 });
});

it("of fewer readable updates than a round needs nothing is proven: the contract would refuse it", async () => {
  expect(await open({ reason: 3 }, true, 3)).toEqual({
    missing: ["as many readable updates as a round needs"],
    readable: undefined,
  });
});
