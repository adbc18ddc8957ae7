import { afterAll, beforeAll, expect, it } from "vitest";
import { setEndpoint } from "../../services/adapters/chain/projects/participant.ts";
import { readRevealedKeys } from "../../services/adapters/chain/rounds/round-events.ts";
import { workOnProject } from "../../services/worker/project-worker.ts";
import type { ProjectWorkerParameters } from "../../services/worker/project-worker-parameters.ts";
import { openWorkStore } from "../../services/worker/work-store.ts";
import { type PlayedMarket, startPlayedMarket } from "../cli/played-market.ts";

const REVEAL_SECONDS = 600;
let market: PlayedMarket;
beforeAll(async () => {
  market = await startPlayedMarket({ revealSeconds: REVEAL_SECONDS });
});
afterAll(() => market.stop());

it("a key that went on chain because the aggregator was away, and that a reorganisation took back, is released again", async () => {
  const { projectId } = market;
  const chain = market.of("trainer-1");
  const workStore = openWorkStore(":memory:");
  const parameters = {
    ...{
      chain,
      workStore,
      isRelayed: true,
      relayedAtMs: new Map(),
      idleSinceMs: new Map(),
      onEvent: () => {},
    },
  } as unknown as ProjectWorkerParameters;
  const revealed = async () =>
    (await readRevealedKeys(chain, projectId, 0)).map(({ account }) => account);
  await setEndpoint(market.of("aggregator"), "http://127.0.0.1:1");
  await market.openNext();
  await market.submitAs(["trainer-1", "trainer-2", "trainer-3"]);
  workStore.save({
    ...{ projectId, roundIndex: 0, stage: "submitted", releasedTo: [], bundleCid: "bundle" },
    ...{ commitment: { x: 1n, y: 2n }, blinding: 3n, contentKey: new Uint8Array(32).fill(4) },
  });
  // Half of the phase is the aggregator's; then the chain is the way past it.
  await chain.provider.send("evm_increaseTime", [REVEAL_SECONDS / 2 + 1]);
  await chain.provider.send("evm_mine", []);
  const snapshot = await chain.provider.send("evm_snapshot", []);

  await workOnProject(parameters, projectId);
  expect(await revealed()).toEqual([chain.account]);
  // Nothing to do while it is there.
  await workOnProject(parameters, projectId);
  expect(await revealed()).toHaveLength(1);
  await chain.provider.send("evm_revert", [snapshot]);
  expect(await revealed()).toEqual([]);
  await workOnProject(parameters, projectId);

  expect(await revealed()).toEqual([chain.account]);
  expect(workStore.find(projectId, 0)?.releasedTo).toEqual(["chain"]);
  workStore.close();
});
