import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Interface } from "ethers";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Chain, connectChain } from "../../services/adapters/chain/connect.ts";
import { chainErrors } from "../../services/adapters/chain/errors.ts";
import { trainingMarketAbi } from "../../services/adapters/chain/generated/training-market.ts";
import { setEndpoint } from "../../services/adapters/chain/projects/participant.ts";
import { workOnProject } from "../../services/worker/project-worker.ts";
import type { ProjectWorkerParameters } from "../../services/worker/project-worker-parameters.ts";
import { openWorkStore } from "../../services/worker/work-store.ts";
import { startAlteringNode } from "../cli/altering-node.ts";
import { type PlayedMarket, startPlayedMarket } from "../cli/played-market.ts";

const REVEAL_PHASE = 2n;
const abi = new Interface(trainingMarketAbi);
const getRound = abi.getFunction("getRound");
if (getRound === null) throw new Error("no getRound");

let market: PlayedMarket;
beforeAll(async () => {
  market = await startPlayedMarket();
});
afterAll(() => market.stop());

/** What a node says that is in league with an aggregator: the commit phase is over. */
function sayThatCommitIsOver(method: string, result: unknown, params: readonly unknown[]): unknown {
  const { data, input } = Object(params[0]) as { data?: string; input?: string };
  const asked = data ?? input ?? "";
  if (method !== "eth_call" || !asked.startsWith(getRound?.selector ?? "-")) return result;
  const [round] = abi.decodeFunctionResult("getRound", String(result));
  const phase = getRound?.outputs[0]?.components?.findIndex(({ name }) => name === "phase") ?? -1;
  const told = [...round];
  told[phase] = REVEAL_PHASE;
  return abi.encodeFunctionResult("getRound", [told]);
}

it("a node that says that the commit phase is over makes a worker give away its key, unless another node is asked, too", async () => {
  const { projectId } = market;
  const keys: string[] = [];
  const aggregator = createServer(async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    keys.push(JSON.parse(body).contentKey);
    response.writeHead(500).end();
  });
  await new Promise<void>((resolve) => aggregator.listen(0, "127.0.0.1", resolve));
  const { port } = aggregator.address() as AddressInfo;
  await setEndpoint(market.of("aggregator"), `http://127.0.0.1:${port}`);
  await market.openNext();
  await market.submitAs(["trainer-1"]);
  const workStore = openWorkStore(":memory:");
  workStore.save({
    ...{ projectId, roundIndex: 0, stage: "submitted", releasedTo: [], bundleCid: "bundle" },
    ...{ commitment: { x: 1n, y: 2n }, blinding: 3n, contentKey: new Uint8Array(32).fill(4) },
  });
  const lying = await startAlteringNode(market.rpcUrl, sayThatCommitIsOver);
  const connect = (rpcUrl: string, compareUrls: readonly string[]) =>
    connectChain({
      ...{ rpcUrl, compareUrls, addresses: market.of("trainer-1").addresses },
      privateKey: market.privateKeyOf("trainer-1"),
    });
  const work = (chain: Chain) =>
    workOnProject(
      {
        ...{ chain, workStore, isRelayed: true, relayedAtMs: new Map(), idleSinceMs: new Map() },
        onEvent: () => {},
      } as unknown as ProjectWorkerParameters,
      projectId,
    );
  const [alone, compared, honest] = await Promise.all([
    connect(lying.url, []),
    connect(lying.url, [market.rpcUrl]),
    connect(market.rpcUrl, [market.rpcUrl]),
  ]);

  await expect(work(compared)).rejects.toMatchObject({ code: chainErrors.nodesDisagree.code });
  await work(honest);
  expect(keys).toEqual([]);
  await work(alone);
  expect(keys).toEqual([`0x${"04".repeat(32)}`]);

  for (const chain of [alone, compared, honest]) chain.close();
  workStore.close();
  lying.stop();
  aggregator.closeAllConnections();
  aggregator.close();
});
