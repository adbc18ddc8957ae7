import { readFileSync } from "node:fs";
import type { Contract, JsonRpcSigner } from "ethers";
import type { G1Point } from "../../services/protocol/curve.ts";
import {
  type Cast,
  castOf,
  type MarketChain,
  openMarketChain,
  openRequest,
  packOutcome,
  SOME_CID,
  settleRequest,
  somePoint,
  someTerms,
} from "../../test/integration/market-chain.ts";
import type { VerifierGas } from "./verifier-gas.ts";

/** Gas of a whole transaction, in a project's third round, when every word it writes has been written before. */
export interface MarketGas {
  readonly step: string;
  readonly gas: number;
  /** Gas per trainer, where the step is about several. */
  readonly perTrainer?: number;
}

const UPDATE_TYPES = {
  Update: [
    { name: "projectId", type: "uint256" },
    { name: "roundIndex", type: "uint256" },
    { name: "commitmentX", type: "uint256" },
    { name: "commitmentY", type: "uint256" },
    { name: "bundleCid", type: "bytes" },
  ],
};

/**
 * Measures the market on a simulated chain. Settlements run with a verifier that believes everything; what it costs is
 * taken off and what the real verifier costs for as many slots is added, so that later rounds need no proofs here.
 */
export async function measureMarketGas(
  slotCounts: readonly number[] = [8, 16, 32],
): Promise<MarketGas[]> {
  // What the verifier's own benchmark measured last; a test keeps the file true.
  const snapshot = "../../test/integration/snapshots/round-verifier-gas.json";
  const verifierRows: VerifierGas[] = JSON.parse(
    readFileSync(new URL(snapshot, import.meta.url), "utf8"),
  );
  const rows: MarketGas[] = [];
  for (const { slots, trainers, provenGas } of verifierRows) {
    if (!slotCounts.includes(slots)) continue;
    rows.push(...(await measureRounds(slots, trainers, provenGas)));
  }
  rows.push(...(await measureBookkeeping()));
  return rows;
}

async function measureRounds(
  slots: number,
  trainerCount: number,
  provenGas: number,
): Promise<MarketGas[]> {
  let verifier: Contract | undefined;
  const chain = await openMarketChain(async (deploy) => {
    verifier = await deploy("ScriptedVerifier");
    return verifier.getAddress();
  });
  try {
    // 32 accounts in all, two of them aggregators, so the largest rounds have a few trainers less.
    const count = Math.min(trainerCount, 27);
    const cast = await castOf(chain, count);
    const rows: MarketGas[] = [];
    const add = (step: string, gas: bigint | number, trainers?: number) =>
      rows.push({
        step: `${slots} slots: ${step}`,
        gas: Number(gas),
        ...(trainers === undefined ? {} : { perTrainer: Math.round(Number(gas) / trainers) }),
      });
    const projectId = await postAndJoin(chain, cast, slots, count, add);
    for (let round = 0n; round < 4n; round++) {
      const measured = round >= 2n ? add : () => undefined;
      const open = await chain.send(cast.primary, chain.market, "openRound", [
        openRequest(projectId, round),
      ]);
      if (round === 2n) measured("open a round", open.gasUsed);
      const submissions = await submit(chain, cast, projectId, round, measured);
      const words = packOutcome(
        slots,
        submissions.map((_, i) => ({
          share: Math.floor(65535 / count),
          weight: Math.floor(1024 / count) + (i === 0 ? 1024 % count : 0),
          verdict: 1,
        })),
      );
      const request = settleRequest(projectId, round, submissions, words);
      const settle = await chain.send(cast.primary, chain.market, "settleRound", [request]);
      if (round < 2n || verifier === undefined) continue;
      const scripted = await scriptedGas(chain, verifier, slots, request);
      const own = Number(settle.gasUsed) - scripted + provenGas;
      // Every fourth round pays: rounds 0 to 2 only credit.
      if (round === 2n) measured(`settle ${count} trainers, credited`, own, count);
      if (round === 3n)
        measured(`settle ${count} trainers, and transfer four rounds' pay`, own, count);
    }
    return rows;
  } finally {
    await chain.close();
  }
}

/** What the scripted verifier costs for such a settlement, as `measureVerifierGas` measures the real one. */
async function scriptedGas(
  chain: MarketChain,
  verifier: Contract,
  slots: number,
  request: ReturnType<typeof settleRequest>,
): Promise<number> {
  const meter = await chain.deploy("CallMeter");
  const used = 3 + request.trainers.length;
  const statement = {
    market: await chain.market.getAddress(),
    projectId: request.projectId,
    roundIndex: request.roundIndex,
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

async function postAndJoin(
  chain: MarketChain,
  cast: Cast,
  slots: number,
  count: number,
  add: (step: string, gas: bigint) => void,
): Promise<bigint> {
  const terms = someTerms(
    {
      token: await chain.token.getAddress(),
      referee: cast.primary.address,
      aggregators: [cast.primary.address, cast.standby.address, cast.owner.address],
    },
    { slots, maxTrainers: count, payEvery: 4 },
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
async function submit(
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
  if (round % 2n === 1n) {
    const updates = await Promise.all(
      cast.trainers.map((trainer, index) =>
        signUpdate(chain, trainer, projectId, round, submissions[index]?.commitment as G1Point),
      ),
    );
    const receipt = await chain.send(cast.primary, chain.market, "submitUpdates", [
      projectId,
      round,
      updates,
    ]);
    add(`submit ${updates.length} signed updates in one batch`, receipt.gasUsed, updates.length);
    return submissions;
  }
  for (const [index, trainer] of cast.trainers.entries()) {
    const receipt = await chain.send(trainer, chain.market, "submitUpdate", [
      projectId,
      round,
      submissions[index]?.commitment,
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
  commitment: G1Point,
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
      commitmentX: commitment.x,
      commitmentY: commitment.y,
      bundleCid: SOME_CID,
    },
  );
  const s = BigInt(`0x${signature.slice(66, 130)}`);
  const isOdd = Number.parseInt(signature.slice(130), 16) === 28;
  const vs = `0x${(isOdd ? s | (1n << 255n) : s).toString(16).padStart(64, "0")}`;
  return { commitment, bundleCid: SOME_CID, r: signature.slice(0, 66), vs };
}

/** The same thirteen outcomes booked as the market does and with a word and a call per quantity. */
async function measureBookkeeping(): Promise<MarketGas[]> {
  const chain = await openMarketChain(async (deploy) =>
    (await deploy("ScriptedVerifier")).getAddress(),
  );
  try {
    const variants = await chain.deploy("BookkeepingVariants");
    const trainers = chain.signers.slice(0, 13).map(({ address }) => address);
    const sender = chain.signers[0] as JsonRpcSigner;
    const rows: MarketGas[] = [];
    for (const method of ["batched", "unbatched"]) {
      await chain.send(sender, variants, method, [trainers, 6, 1000n]);
      const { gasUsed } = await chain.send(sender, variants, method, [trainers, 6, 1000n]);
      rows.push({
        step: `book 13 outcomes (pay, reliability, strike), ${method}`,
        gas: Number(gasUsed),
        perTrainer: Math.round(Number(gasUsed) / 13),
      });
    }
    return rows;
  } finally {
    await chain.close();
  }
}
