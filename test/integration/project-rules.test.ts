import { type JsonRpcSigner, ZeroAddress } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type JudgedTerms, termProblems } from "../../services/protocol/market/project-rules.ts";
import {
  type MarketChain,
  openMarketChain,
  SOME_CID,
  somePoint,
  someTerms,
} from "./market-chain.ts";

type Terms = ReturnType<typeof someTerms>;

const MOST_AMOUNT = 2n ** 88n - 1n;
const DAYS_90 = 90 * 86_400;

/** Every value at which somebody decides otherwise, on both sides. */
const BOUNDARIES: { readonly [term in keyof Terms]?: readonly (number | bigint)[] } = {
  budgetPerRoundWei: [0n, 1n, MOST_AMOUNT / 10_000n, MOST_AMOUNT / 10_000n + 1n],
  settleFeeWei: [0n, MOST_AMOUNT / 10_000n, MOST_AMOUNT / 10_000n + 1n],
  stakeWei: [0n, MOST_AMOUNT, MOST_AMOUNT + 1n],
  fullWeightStakeWei: [0n, 1n],
  aggregatorBondWei: [0n, MOST_AMOUNT, MOST_AMOUNT + 1n],
  flatBps: [0, 10_000, 10_001],
  capBps: [3333, 3334, 10_000, 10_001],
  payEvery: [0, 1, 65_535],
  joinSeconds: [0, DAYS_90, DAYS_90 + 1],
  openSeconds: [9, 10, DAYS_90, DAYS_90 + 1],
  commitSeconds: [9, 10, DAYS_90, DAYS_90 + 1],
  revealSeconds: [9, 10, DAYS_90, DAYS_90 + 1],
  settleSeconds: [9, 10, DAYS_90, DAYS_90 + 1],
  rounds: [0, 1, 10_000, 10_001],
  extraRounds: [0, 10_000, 10_001],
  slots: [0, 7, 8, 9, 16, 32, 64],
  ruleId: [0, 1, 2, 3],
  ruleParameterA: [0, 1],
  ruleParameterB: [0, 1],
  minTrainers: [0, 2, 3, 13, 14],
  maxTrainers: [2, 3, 13, 14],
  parameterCount: [0, 1, 2 ** 24 - 1, 2 ** 24],
  fractionBits: [7, 8, 16, 17],
  normBoundSquared: [0n, 1n, 2n ** 54n - 1n, 2n ** 54n],
};

let chain: MarketChain;
let sound: Terms;

beforeAll(async () => {
  chain = await openMarketChain(async (deploy) => (await deploy("ScriptedVerifier")).getAddress());
  const [one, two] = chain.signers.map(({ address }) => address);
  sound = someTerms({
    token: await chain.token.getAddress(),
    referee: one as string,
    aggregators: [one as string, two as string, ZeroAddress],
  });
  const owner = chain.signers[0] as JsonRpcSigner;
  await chain.send(owner, chain.token, "mint", [owner.address, 2n ** 128n]);
  await chain.send(owner, chain.token, "approve", [await chain.vault.getAddress(), 2n ** 128n]);
});

afterAll(() => chain.close());

const address = (index: number) => chain.signers[index]?.address as string;

/** Whether the market takes the terms, from an owner with money for any. */
async function isTakenByContract(terms: Terms): Promise<boolean> {
  const refusals = new Set([
    "MarketInvalidTerm",
    "MarketRuleNeedsMoreTrainers",
    "MarketInvalidAggregators",
    "MarketUnsupportedRule",
  ]);
  const post = chain.market.getFunction("postProject");
  try {
    await post.staticCall(terms, somePoint(1n), SOME_CID, SOME_CID, { from: address(0) });
    return true;
  } catch (error) {
    const { revert } = error as { revert?: { name: string } };
    if (revert != null && refusals.has(revert.name)) return false;
    throw error;
  }
}

const isTakenByTwin = (terms: Terms) =>
  termProblems({
    ...terms,
    baseWeightKind: terms.baseWeightKind === 0 ? "equal" : "bonded-stake",
    aggregators: terms.aggregators.filter((each) => each !== ZeroAddress),
  } as unknown as JudgedTerms).length === 0;

async function expectAgreement(terms: Terms, isTaken?: boolean): Promise<boolean> {
  const byContract = await isTakenByContract(terms);
  const changed = Object.entries(terms).filter(([key, value]) => sound[key as never] !== value);
  expect(isTakenByTwin(terms), `${changed} is ${byContract ? "taken" : "refused"}`).toBe(
    byContract,
  );
  if (isTaken !== undefined) expect(byContract).toBe(isTaken);
  return byContract;
}

describe("contract and program refuse the same terms", () => {
  it("at every boundary of every number", async () => {
    await expectAgreement(sound, true);
    for (const [term, values] of Object.entries(BOUNDARIES)) {
      const taken = [];
      for (const value of values) taken.push(await expectAgreement({ ...sound, [term]: value }));
      expect(new Set(taken).size, `${term} has both sides`).toBe(2);
    }
  });

  it("for multi-Krum at every f and m around what it can withstand", async () => {
    const krum = { ...sound, ruleId: 2, slots: 16, maxTrainers: 13 };
    let taken = 0;
    for (const minTrainers of [5, 7, 13]) {
      for (const ruleParameterA of [0, 1, 2, 5, 6]) {
        for (const ruleParameterB of [0, 1, 2, 3, 4, 5, 8, 9]) {
          const terms = { ...krum, minTrainers, ruleParameterA, ruleParameterB };
          if (await expectAgreement(terms)) taken++;
        }
      }
    }
    expect(taken).toBeGreaterThan(10);
    await expectAgreement({ ...krum, minTrainers: 5, ruleParameterA: 0, ruleParameterB: 3 }, false);
    await expectAgreement({ ...krum, minTrainers: 5, ruleParameterA: 1, ruleParameterB: 2 }, false);
    await expectAgreement({ ...krum, minTrainers: 5, ruleParameterA: 1, ruleParameterB: 3 }, true);
    await expectAgreement(
      { ...krum, slots: 32, minTrainers: 5, ruleParameterA: 1, ruleParameterB: 3 },
      false,
    );
  });

  it("for stakes as weights, addresses and lists of aggregators", async () => {
    const staked = { ...sound, baseWeightKind: 1 };
    const stakeWei = sound.stakeWei as bigint;
    await expectAgreement({ ...staked, fullWeightStakeWei: stakeWei - 1n }, false);
    await expectAgreement({ ...staked, fullWeightStakeWei: stakeWei }, true);
    await expectAgreement({ ...staked, stakeWei: 0n, fullWeightStakeWei: 5n }, false);
    await expectAgreement({ ...staked, fullWeightStakeWei: MOST_AMOUNT + 1n }, false);
    await expectAgreement({ ...sound, rewardToken: ZeroAddress }, false);
    await expectAgreement({ ...sound, referee: ZeroAddress }, false);
    const [a, b, c] = [address(0), address(1), address(2)];
    await expectAgreement({ ...sound, aggregators: [a, b, c] }, true);
    await expectAgreement({ ...sound, aggregators: [a, b, a] }, false);
    await expectAgreement({ ...sound, aggregators: [a, a, ZeroAddress] }, false);
    await expectAgreement(
      { ...sound, aggregators: [ZeroAddress, ZeroAddress, ZeroAddress] },
      false,
    );
  });
});
