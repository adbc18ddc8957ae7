import { type Contract, Interface } from "ethers";
import hre from "hardhat";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { VerifierSetup } from "../../services/adapters/chain/deploy.ts";
import { splitCredits } from "../../services/adapters/chain/projects/credits.ts";
import type { G1Point } from "../../services/protocol/curve.ts";
import { commitmentHash, unopened } from "../../services/protocol/market/submissions.ts";
import {
  type Cast,
  castOf,
  coldAddress,
  type MarketChain,
  openMarketChain,
  SOME_CID,
  somePoint,
  someTerms,
  storedCoordinates,
} from "./market-chain.ts";
import { settleNaively } from "./settle-naively.ts";
import { DEVELOPMENT_TAU_G2, VERIFIER_KEYS } from "./verifier-rounds.ts";

const slots = 16;
const trainerCount = slots - 3;
/** A reveal phase of a minute and ten minutes of the primary's, as the terms have it: then it is the standby's turn. */
const REVEAL_AND_FIRST_TURN = 660;
/** In the first round there is no last aggregate. */
const inactive = [2];
const PROOF_REJECTED = new Interface(["error RoundVerifierProofRejected()"]).getError(
  "RoundVerifierProofRejected",
)?.selector;
let chain: MarketChain;
let cast: Cast;
let openBlock: number;

/** The real verifier, under a key that proves the outcome that the test wants. */
async function testSetup(): Promise<VerifierSetup> {
  const key = VERIFIER_KEYS.find((each) => each.slots === slots);
  if (key === undefined) throw new Error("no key");
  const { abi, bytecode } = await hre.artifacts.readArtifact("FixedKey");
  const args = new Interface(abi as never).encodeDeploy([key.ruleId, key.slots, key.points]);
  return {
    tauG2: DEVELOPMENT_TAU_G2,
    isDevelopment: true,
    label: "test",
    checksum: `0x${"00".repeat(32)}`,
    keys: [{ name: "FixedKey", bytecode: bytecode + args.slice(2) }],
  };
}

/** What the market must ask the verifier, written down from the terms and not from the market. */
async function provenRound(accepted: readonly number[], aggregator = cast.primary.address) {
  const mask = (1n << BigInt(slots)) - 1n - 4n;
  const weights = Array.from({ length: slots }, (_, slot) => (accepted.includes(slot) ? 512n : 0n));
  const baseWeights = Array.from({ length: trainerCount }, (_, i) => 1023n << BigInt(96 + 10 * i));
  return settleNaively({
    slots,
    inactive,
    weights,
    statement: {
      market: await chain.market.getAddress(),
      projectId: 1n,
      roundIndex: 0n,
      aggregator,
      modelCommitment: somePoint(1n),
      termsWords: [baseWeights.reduce((word, weight) => word | weight, mask | (1n << 72n))],
    },
  });
}

beforeAll(async () => {
  chain = await openMarketChain(testSetup);
  cast = await castOf(chain, trainerCount);
  const terms = someTerms(
    {
      token: await chain.token.getAddress(),
      referee: cast.primary.address,
      aggregators: [cast.primary.address, cast.standby.address, cast.owner.address],
    },
    { slots },
  );
  await chain.send(cast.owner, chain.market, "postProject", [
    terms,
    somePoint(1n),
    SOME_CID,
    SOME_CID,
  ]);
  await chain.send(cast.primary, chain.market, "bondAggregator", [1n]);
  for (const trainer of cast.trainers) {
    await chain.send(trainer, chain.market, "joinProject", [1n, terms.stakeWei]);
  }
  const { statement } = await provenRound([3, 4]);
  const open = await chain.send(cast.primary, chain.market, "openRound", [
    {
      projectId: 1n,
      roundIndex: 0n,
      referenceCommitment: statement.commitments[0],
      payGradientCommitment: statement.commitments[1],
      referenceCid: SOME_CID,
      payGradientCid: SOME_CID,
      jobCid: "0x",
      refereeSignature: "0x",
    },
  ]);
  openBlock = open.blockNumber;
  for (const [index, trainer] of cast.trainers.entries()) {
    const commitment = statement.commitments[3 + index] as G1Point;
    const hash = commitmentHash(trainer.address, commitment);
    await chain.send(trainer, chain.market, "submitUpdate", [1n, 0n, hash, SOME_CID]);
  }
});

afterAll(async () => {
  await chain.close();
});

async function request(round: Awaited<ReturnType<typeof provenRound>>) {
  const { statement, proof } = round;
  return {
    projectId: 1n,
    roundIndex: 0n,
    referenceCommitment: statement.commitments[0],
    payGradientCommitment: statement.commitments[1],
    ...(await storedCoordinates(chain, 1n)),
    trainers: cast.trainers.map(({ address }) => address),
    commitments: statement.commitments.slice(3),
    excludedMask: 0,
    exclusionReasons: "0x",
    proof,
    newModelCid: SOME_CID,
  };
}

const refusal = async (settlement: unknown, from = cast.primary) => {
  const market = chain.market.connect(from) as Contract;
  return market
    .getFunction("settleRound")
    .staticCall(settlement)
    .then(
      () => "accepted",
      (error: { data?: string; message: string }) => error.data?.slice(0, 10) ?? error.message,
    );
};

it("refuses a proof whose outcome was changed on the way to the market", async () => {
  const settlement = await request(await provenRound([3, 4]));
  const words = [...settlement.proof.outcomeWords];
  // A share more for the trainer in slot 5, who is accepted with no weight.
  words[0] = (words[0] as bigint) | (1n << 62n);

  const answer = await refusal({
    ...settlement,
    proof: { ...settlement.proof, outcomeWords: words },
  });

  expect(answer).toBe(PROOF_REJECTED);
});

it("refuses a hash in the place of a commitment that takes part", async () => {
  const settlement = await request(await provenRound([3, 4]));
  const commitments = settlement.commitments.map((commitment, index) =>
    index === 2
      ? unopened(commitmentHash(cast.trainers[2]?.address as string, commitment))
      : commitment,
  );

  expect(await refusal({ ...settlement, commitments })).toBe(
    new Interface(["error Bn254InvalidPoint(uint256,uint256)"]).getError("Bn254InvalidPoint")
      ?.selector,
  );
});

it("is settled with its maker's proof by nobody else, and by its maker even when that is late", async () => {
  const { primary, standby } = cast;
  const before = await chain.provider.send("evm_snapshot", []);
  await chain.passTime(REVEAL_AND_FIRST_TURN);
  const settlement = await request(await provenRound([3, 4]));
  const own = await request(await provenRound([3, 4], standby.address));

  // Copied out of the primary's transaction, in the standby's turn.
  expect(await refusal(settlement, standby)).toBe(PROOF_REJECTED);
  await expect(chain.send(standby, chain.market, "settleRound", [settlement])).rejects.toThrow();
  expect(await refusal(own, standby)).toBe("accepted");
  expect(await refusal(own)).toBe(PROOF_REJECTED);
  await chain.send(primary, chain.market, "settleRound", [settlement]);

  const [settled] = await chain.market.queryFilter(
    chain.market.getEvent("RoundSettled")(1n, 0n),
    openBlock,
  );
  expect(chain.market.interface.parseLog(settled as never)?.args.settledBy).toBe(primary.address);
  await chain.provider.send("evm_revert", [before]);
});

it("settles with the real verifier and pays by the proof's shares", async () => {
  const round = await provenRound([3, 4]);
  const settlement = await request(round);
  expect(await refusal(settlement)).toBe("accepted");

  const receipt = await chain.send(cast.primary, chain.market, "settleRound", [settlement]);

  const project = await chain.market.getFunction("getProject")(1n);
  expect(project.appliedRounds).toBe(1n);
  expect(project.aggregateCommitment.x).toBe(round.proof.aggregateCommitment.x);
  const settled = (
    await chain.market.queryFilter(chain.market.getEvent("RoundSettled")(1n, 0n), openBlock)
  )[0];
  const credits = chain.market.interface.parseLog(settled as never)?.args.credits;
  const { trainers, earningsWei: earnings } = splitCredits(credits);
  expect(trainers).toEqual(cast.trainers.map(({ address }) => address));
  // Two weights of 512: shares of 32767 each; everybody is accepted here, so all thirteen share the flat part.
  const flat = (1000n * 10n ** 18n) / 10n / 13n;
  const half = (900n * 10n ** 18n * 32767n) / 65535n;
  expect(earnings.slice(0, 3)).toEqual([flat + half, flat + half, flat]);
  expect(
    await chain.token.getFunction("balanceOf")(coldAddress(cast.trainers[0]?.address ?? "")),
  ).toBe(0n);
  console.log(`first settlement of 13 trainers at 16 slots: ${receipt.gasUsed} gas`);
});
