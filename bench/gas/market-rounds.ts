import type { Contract, JsonRpcSigner } from "ethers";
import { encodeUpdateBatch } from "../../services/adapters/chain/update-batch.ts";
import type { G1Point } from "../../services/protocol/curve.ts";
import { fromHex } from "../../services/protocol/hex.ts";
import { commitmentHash } from "../../services/protocol/market/submissions.ts";
import {
  type Cast,
  type MarketChain,
  packOutcome,
  SOME_CID,
  settleRequest,
  signedOpenRequest,
  somePoint,
  someTerms,
} from "../../test/integration/market-chain.ts";
import { combinePoints } from "../../test/integration/verifier-rounds.ts";

const UPDATE_TYPES = {
  Update: [
    { name: "projectId", type: "uint256" },
    { name: "roundIndex", type: "uint256" },
    { name: "commitmentHash", type: "bytes32" },
    { name: "bundleCid", type: "bytes" },
  ],
};

interface SubmittedRound {
  readonly projectId: bigint;
  readonly round: bigint;
  readonly slots: number;
  readonly submissions: readonly { trainer: string; commitment: G1Point }[];
}

/** A settled round: what it took, and with what it was settled. */
export interface SettledRound {
  readonly gasUsed: number;
  readonly request: Awaited<ReturnType<typeof settleRequest>>;
}

/** Settles a round that accepts everybody alike. */
export async function settle(
  chain: MarketChain,
  cast: Cast,
  round: SubmittedRound,
): Promise<SettledRound> {
  const request = await acceptAll(chain, round);
  const { gasUsed } = await chain.send(cast.primary, chain.market, "settleRound", [request]);
  return { gasUsed: Number(gasUsed), request };
}

/** The same, and opens the next round in the same transaction. */
export async function settleAndOpen(
  chain: MarketChain,
  cast: Cast,
  round: SubmittedRound,
): Promise<SettledRound> {
  const { projectId } = round;
  const request = await acceptAll(chain, round);
  const { modelCommitment } = await chain.market.getFunction("getProject")(projectId);
  // As the scripted verifier computes it.
  const model = combinePoints([modelCommitment, request.proof.aggregateCommitment], [1n, 1n]);
  const calls = [
    ["settleRound", request],
    ["openRound", await signedOpenRequest(chain, cast.standby, projectId, round.round + 1n, model)],
  ] as const;
  const { gasUsed } = await chain.send(cast.primary, chain.market, "multicall", [
    calls.map(([method, call]) => chain.market.interface.encodeFunctionData(method, [call])),
  ]);
  return { gasUsed: Number(gasUsed), request };
}

async function acceptAll(
  chain: MarketChain,
  round: SubmittedRound,
): Promise<SettledRound["request"]> {
  const { projectId, slots, submissions } = round;
  const count = submissions.length;
  const words = packOutcome(
    slots,
    submissions.map((_, i) => ({
      share: Math.floor(65535 / count),
      weight: Math.floor(1024 / count) + (i === 0 ? 1024 % count : 0),
      verdict: 1,
    })),
  );
  return settleRequest(chain, projectId, round.round, submissions, words);
}

/** What the scripted verifier costs for such a settlement, as `measureVerifierGas` measures the real one. */
export async function scriptedGas(
  chain: MarketChain,
  verifier: Contract,
  slots: number,
  { request }: Pick<SettledRound, "request">,
): Promise<number> {
  const meter = await chain.deploy("CallMeter");
  const used = 3 + request.trainers.length;
  const statement = {
    market: await chain.market.getAddress(),
    projectId: request.projectId,
    roundIndex: request.roundIndex,
    aggregator: await meter.getAddress(),
    ruleId: 1,
    slots,
    parameterCount: 40,
    termsWords: slots === 32 ? [(1n << BigInt(used)) - 1n, 0n] : [(1n << BigInt(used)) - 1n],
    modelCommitment: request.referenceCommitment,
    commitments: Array.from({ length: slots }, (_, slot) =>
      slot < used ? request.referenceCommitment : { x: 0n, y: 0n },
    ),
  };
  const data = verifier.interface.encodeFunctionData("requireProven", [statement, request.proof]);
  const [gasUsed] = await meter.getFunction("measure")(await verifier.getAddress(), data);
  return Number(gasUsed);
}

/** Posts project 1 with its primary bonded and `count` trainers; tells what posting and joining cost at 16 slots. */
export async function postAndJoin(
  chain: MarketChain,
  cast: Cast,
  slots: number,
  count: number,
  add: (step: string, gas: bigint) => void,
  payEvery = 4,
): Promise<bigint> {
  const terms = someTerms(
    {
      token: await chain.token.getAddress(),
      // Not the one who opens: its signature has to be checked.
      referee: cast.standby.address,
      aggregators: [cast.primary.address, cast.standby.address, cast.owner.address],
    },
    { slots, maxTrainers: count, payEvery },
  );
  const post = await chain.send(cast.owner, chain.market, "postProject", [
    terms,
    somePoint(1n),
    SOME_CID,
    SOME_CID,
  ]);
  if (slots === 16) add("post a project", post.gasUsed);
  await chain.send(cast.primary, chain.market, "bondAggregator", [1n]);
  for (const [index, trainer] of cast.trainers.entries()) {
    const join = await chain.send(trainer, chain.market, "joinProject", [1n, terms.stakeWei]);
    if (slots === 16 && index === 1) add("join", join.gasUsed);
  }
  return 1n;
}

/** Odd rounds in one batch, even rounds one by one. */
export async function submit(
  chain: MarketChain,
  cast: Cast,
  projectId: bigint,
  round: bigint,
  add: (step: string, gas: bigint, trainers?: number) => void,
): Promise<{ trainer: string; commitment: G1Point }[]> {
  const submissions = cast.trainers.map(({ address }, index) => ({
    trainer: address,
    commitment: somePoint(10_000n * (round + 1n) + BigInt(index)),
  }));
  const hashes = submissions.map(({ trainer, commitment }) => commitmentHash(trainer, commitment));
  if (round % 2n === 1n) {
    const updates = await Promise.all(
      cast.trainers.map((trainer, index) =>
        signUpdate(chain, trainer, projectId, round, hashes[index] as string),
      ),
    );
    const receipt = await chain.send(cast.primary, chain.market, "submitUpdates", [
      projectId,
      round,
      encodeUpdateBatch(updates),
    ]);
    add(`submit ${updates.length} signed updates in one batch`, receipt.gasUsed, updates.length);
    return submissions;
  }
  for (const [index, trainer] of cast.trainers.entries()) {
    const receipt = await chain.send(trainer, chain.market, "submitUpdate", [
      projectId,
      round,
      hashes[index],
      SOME_CID,
    ]);
    if (index === 1) add("submit one update", receipt.gasUsed);
  }
  return submissions;
}

async function signUpdate(
  chain: MarketChain,
  trainer: JsonRpcSigner,
  projectId: bigint,
  roundIndex: bigint,
  commitmentHash: string,
) {
  const signature = await trainer.signTypedData(
    {
      name: "Commonweight",
      version: "1",
      chainId: 31337,
      verifyingContract: await chain.market.getAddress(),
    },
    UPDATE_TYPES,
    {
      projectId,
      roundIndex,
      commitmentHash,
      bundleCid: SOME_CID,
    },
  );
  const s = BigInt(`0x${signature.slice(66, 130)}`);
  const isOdd = Number.parseInt(signature.slice(130), 16) === 28;
  const vs = `0x${(isOdd ? s | (1n << 255n) : s).toString(16).padStart(64, "0")}`;
  return { commitmentHash, bundleCid: fromHex(SOME_CID), r: signature.slice(0, 66), vs };
}
