import type { Contract, JsonRpcSigner } from "ethers";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Chain } from "../../services/adapters/chain/connect.ts";
import { readProject } from "../../services/adapters/chain/projects/project.ts";
import { readTrainer } from "../../services/adapters/chain/projects/project-trainer.ts";
import { readBalance } from "../../services/adapters/chain/tokens/token.ts";
import { joinWithStake } from "../../services/worker/join-project.ts";
import { workOnProject } from "../../services/worker/project-worker.ts";
import { openWorkStore } from "../../services/worker/work-store.ts";
import { asChain } from "./as-chain.ts";
import {
  type Cast,
  castOf,
  coldAddress,
  type MarketChain,
  openMarketChain,
  openRequest,
  SOME_CID,
  somePoint,
  someTerms,
} from "./market-chain.ts";

const STAKE_WEI = 10n * 10n ** 18n;
const PLACES = 40;

let market: MarketChain;
let cast: Cast;
let token: string;

/** A market in which forty trainers have all places of project 1, and four others look on. */
beforeAll(async () => {
  market = await openMarketChain(
    async (deploy) => (await deploy("ScriptedVerifier")).getAddress(),
    PLACES + 8,
  );
  cast = await castOf(market, PLACES + 4);
  token = await market.token.getAddress();
  const nobody = `0x${"00".repeat(20)}`;
  const terms = someTerms({
    token,
    referee: cast.primary.address,
    aggregators: [cast.primary.address, nobody, nobody],
  });
  const posting = [terms, somePoint(1n), SOME_CID, SOME_CID];
  await market.send(cast.owner, market.market, "postProject", posting);
  await market.send(cast.primary, market.market, "bondAggregator", [1n]);
  for (const trainer of cast.trainers.slice(0, PLACES)) {
    await market.send(trainer, market.market, "joinProject", [1n, STAKE_WEI]);
  }
});

afterAll(() => market?.close());

/** What a trainer's program sends and reads through. */
async function as(signer: JsonRpcSigner): Promise<Chain> {
  const connected = (contract: Contract) => contract.connect(signer) as Contract;
  return {
    ...(await asChain(market)),
    ...{ market: connected(market.market), vault: connected(market.vault) },
    ...{ registry: connected(market.registry), signer, account: signer.address },
  };
}

let asked = 0;
const join = async (signer: JsonRpcSigner) =>
  joinWithStake(await as(signer), {
    projectId: 1n,
    encryptionKey: new Uint8Array(32),
    confirm: async () => {
      asked += 1;
    },
  });
const candidate = (index: number) => cast.trainers[PLACES + index] as JsonRpcSigner;
const statusOf = async (address: string) =>
  (await readTrainer(await asChain(market), 1n, address)).status;
async function released(): Promise<JsonRpcSigner[]> {
  const statuses = await Promise.all(cast.trainers.map(({ address }) => statusOf(address)));
  return cast.trainers.filter((_, index) => statuses[index] === "released");
}

it("refuses whoever joins a full project of which nobody is idle, before asking for anything", async () => {
  await expect(join(candidate(0))).rejects.toMatchObject({ code: "CW2213" });
  await market.send(cast.primary, market.market, "openRound", [openRequest(1n, 0n)]);
  await expect(join(candidate(0))).rejects.toMatchObject({ code: "CW2213" });
  expect(asked).toBe(0);
});

it("gives newcomers the places of those who sent nothing, and closes the expired round on the way", async () => {
  await market.passTime(601);
  const chain = await asChain(market);
  expect((await readProject(chain, 1n)).phase).toBe("expired");

  expect(await join(candidate(0))).toMatchObject({ isNew: true, stakeWei: STAKE_WEI });
  expect((await readProject(chain, 1n)).phase).toBe("idle");
  await join(candidate(1));

  expect(await statusOf(candidate(0).address)).toBe("active");
  expect(await statusOf(candidate(1).address)).toBe("active");
  const gone = await released();
  expect(gone).toHaveLength(2);
  for (const { address } of gone) {
    expect(await readBalance(chain, token, coldAddress(address))).toBe(STAKE_WEI);
  }
});

it("takes back whoever lost its place", async () => {
  const [first] = (await released()) as [JsonRpcSigner];

  expect(await join(first)).toMatchObject({ isNew: true });

  expect(await statusOf(first.address)).toBe("active");
  expect(await released()).toHaveLength(2);
});

it("says to the program of who lost its place that it did, while a round is open", async () => {
  await market.send(cast.primary, market.market, "openRound", [openRequest(1n, 1n)]);
  const [gone] = (await released()) as [JsonRpcSigner];
  const workStore = openWorkStore(":memory:");

  const working = workOnProject(
    { chain: await as(gone), workStore, idleSinceMs: new Map() } as never,
    1n,
  );

  await expect(working).rejects.toMatchObject({ code: "CW4305" });
  workStore.close();
});

it("leads nobody to the place of somebody who is in the open round", async () => {
  const chain = await asChain(market);
  const before = await readTrainer(chain, 1n, candidate(0).address);

  await join(candidate(2));

  expect(await statusOf(candidate(2).address)).toBe("active");
  expect((await readTrainer(chain, 1n, candidate(0).address)).status).toBe(before.status);
});

it("says to the program of who has left that it did, while a round is open", async () => {
  await market.send(candidate(2), market.market, "leaveProject", [1n]);
  expect(await statusOf(candidate(2).address)).toBe("left");
  const workStore = openWorkStore(":memory:");

  const working = workOnProject(
    { chain: await as(candidate(2)), workStore, idleSinceMs: new Map() } as never,
    1n,
  );

  await expect(working).rejects.toMatchObject({ code: "CW4307" });
  workStore.close();
});
