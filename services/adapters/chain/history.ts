import { type EventLog, getBytes, type Log, type Result, toBeHex, zeroPadValue } from "ethers";
import type { G1Point } from "../../protocol/curve.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import type { SettleRequest } from "../../protocol/settlement.ts";
import { cidFromBytes } from "./cid-bytes.ts";
import type { Chain } from "./connect.ts";
import { splitCredits } from "./credits.ts";
import { chainErrors, toChainError } from "./errors.ts";
import { type ProjectTerms, toPoint, toTerms } from "./project.ts";

/** Where an event stands. */
export interface EventPlace {
  readonly blockNumber: number;
  readonly transactionHash: string;
}

/** How a project began. */
export interface PostedProject extends EventPlace {
  readonly projectId: bigint;
  readonly owner: string;
  readonly terms: ProjectTerms;
  readonly termsHash: string;
  readonly manifestCid: string;
}

/** A model of a project: version 0 is the initial one. */
export interface PublishedModel extends EventPlace {
  readonly version: number;
  /** The round that made it; 0 for the initial model too. */
  readonly roundIndex: number;
  readonly commitment: G1Point;
  readonly cid: string;
}

/** The opening of a round. */
export interface OpenedRound extends EventPlace {
  readonly roundIndex: number;
  readonly aggregator: string;
  readonly reference: G1Point;
  readonly payGradient: G1Point;
  readonly referenceCid: string;
  readonly payGradientCid: string;
  readonly jobCid: string;
  readonly seed: bigint;
  readonly eligibleMask: bigint;
  readonly commitClosesAt: number;
}

/** A submitted update. */
export interface Submission extends EventPlace {
  readonly trainer: string;
  readonly slot: number;
  readonly commitment: G1Point;
  readonly bundleCid: string;
}

/** A content key that was released on chain. */
export interface RevealedKey extends EventPlace {
  readonly account: string;
  readonly isReference: boolean;
  readonly sealedKeys: Uint8Array;
}

/** A settled round: what was sent and what the contract did with it. */
export interface Settlement extends EventPlace {
  readonly roundIndex: number;
  readonly settledBy: string;
  readonly budgetWei: bigint;
  readonly paidWei: bigint;
  readonly outcomeWords: readonly bigint[];
  readonly trainers: readonly string[];
  readonly earningsWei: readonly bigint[];
}

/** A round that came to nothing. */
export interface VoidedRound extends EventPlace {
  readonly roundIndex: number;
  readonly reason: (typeof voidReasons)[number];
  readonly detail: number;
}

/** In the order of the contract's enum. */
export const voidReasons = [
  "rule-found-too-few",
  "too-few-submissions",
  "abandoned",
  "not-settled",
] as const;

/** An event of the market with its values by name. */
export interface ProjectEvent {
  readonly args: Result;
  readonly place: EventPlace;
  readonly name: string;
}

/** Public RPC nodes refuse wide ranges; this many blocks at a time is accepted everywhere. */
const BLOCKS_PER_QUERY = 10_000;

/** Blocks to look in: all since the market's deployment unless told. */
export interface BlockRange {
  readonly fromBlock?: number;
  readonly toBlock?: number;
}

/** The newest block that a search has heard of, by connection. */
const lastCounted = new WeakMap<Chain, number>();

/** Whether all blocks since this one are few enough for one question, without asking first how many there are. */
function isShort(chain: Chain, first: number): boolean {
  const last = lastCounted.get(chain);
  return last !== undefined && last - first <= BLOCKS_PER_QUERY / 2;
}

/** All events of the market with this name and these indexed values, oldest first. */
export async function findEvents(
  chain: Chain,
  name: string,
  indexed: readonly unknown[],
  range: BlockRange = {},
): Promise<ProjectEvent[]> {
  const filter = chain.market.getEvent(name)(...indexed);
  const found: ProjectEvent[] = [];
  const first = range.fromBlock ?? chain.addresses.deployBlock;
  if (range.toBlock === undefined && isShort(chain, first)) {
    try {
      const logs = await chain.market.queryFilter(filter, first, "latest");
      return logs.filter(isDecoded).map(toFound);
    } catch {
      // Asked again, a part at a time: many blocks may have come since the last one was counted.
      lastCounted.delete(chain);
    }
  }
  try {
    const last = range.toBlock ?? (await chain.provider.getBlockNumber());
    lastCounted.set(chain, last);
    for (let from = first; from <= last; from += BLOCKS_PER_QUERY) {
      const to = Math.min(from + BLOCKS_PER_QUERY - 1, last);
      const logs = await chain.market.queryFilter(filter, from, to);
      for (const log of logs) if (isDecoded(log)) found.push(toFound(log));
    }
  } catch (cause) {
    throw toChainError(cause, `looking for ${name}`);
  }
  return found;
}

/**
 * All events of a project in a range of blocks, whatever their name, oldest first. Every event of the market has the project's
 * number as its first indexed value.
 *
 * @throws CW2200 when the chain is away.
 */
export async function findProjectEvents(
  chain: Chain,
  projectId: bigint,
  range: { fromBlock: number; toBlock: number },
): Promise<ProjectEvent[]> {
  const found: ProjectEvent[] = [];
  try {
    for (let from = range.fromBlock; from <= range.toBlock; from += BLOCKS_PER_QUERY) {
      const logs = await chain.provider.getLogs({
        address: chain.addresses.market,
        topics: [null, zeroPadValue(toBeHex(projectId), 32)],
        fromBlock: from,
        toBlock: Math.min(from + BLOCKS_PER_QUERY - 1, range.toBlock),
      });
      for (const log of logs) {
        const parsed = chain.market.interface.parseLog(log);
        if (parsed === null) continue;
        const { blockNumber, transactionHash } = log;
        found.push({
          args: parsed.args,
          name: parsed.name,
          place: { blockNumber, transactionHash },
        });
      }
    }
  } catch (cause) {
    throw toChainError(cause, `reading the events of project ${projectId}`);
  }
  return found;
}

const isDecoded = (log: EventLog | Log): log is EventLog => "args" in log;

const toFound = (log: EventLog): ProjectEvent => ({
  args: log.args,
  name: log.eventName,
  place: { blockNumber: log.blockNumber, transactionHash: log.transactionHash },
});

/** How a project was posted. @throws CW2206 when there is none. */
export async function readPosting(chain: Chain, projectId: bigint): Promise<PostedProject> {
  const [found] = await findEvents(chain, "ProjectPosted", [projectId]);
  if (found === undefined) {
    throw new CommonweightError(chainErrors.notFound, `no project ${projectId} was posted`);
  }
  return {
    ...found.place,
    projectId,
    owner: found.args.owner,
    terms: toTerms(found.args.terms),
    termsHash: found.args.termsHash,
    manifestCid: cidFromBytes(found.args.manifestCid),
  };
}

/** All models of a project, oldest first. */
export async function readModels(chain: Chain, projectId: bigint): Promise<PublishedModel[]> {
  return (await findEvents(chain, "ModelPublished", [projectId])).map(({ args, place }) => ({
    ...place,
    version: Number(args.modelVersion),
    roundIndex: Number(args.roundIndex),
    commitment: toPoint(args.commitment),
    cid: cidFromBytes(args.cid),
  }));
}

/** All rounds that were opened, or the one of this index. */
export async function readOpenings(
  chain: Chain,
  projectId: bigint,
  roundIndex?: number,
  range: BlockRange = {},
): Promise<OpenedRound[]> {
  const found = await findEvents(chain, "RoundOpened", [projectId, roundIndex ?? null], range);
  return found.map(({ args, place }) => ({
    ...place,
    roundIndex: Number(args.roundIndex),
    aggregator: args.aggregator,
    reference: toPoint(args.referenceCommitment),
    payGradient: toPoint(args.payGradientCommitment),
    referenceCid: cidFromBytes(args.referenceCid),
    payGradientCid: cidFromBytes(args.payGradientCid),
    jobCid: cidFromBytes(args.jobCid),
    seed: args.seed,
    eligibleMask: args.eligibleMask,
    commitClosesAt: Number(args.commitClosesAt),
  }));
}

/** All submissions of a round in order of their slots. */
export async function readSubmissions(
  chain: Chain,
  projectId: bigint,
  roundIndex: number,
  range: BlockRange = {},
): Promise<Submission[]> {
  const found = await findEvents(chain, "UpdateSubmitted", [projectId, roundIndex], range);
  return found
    .map(({ args, place }) => ({
      ...place,
      trainer: args.trainer,
      slot: Number(args.slot),
      commitment: toPoint(args.commitment),
      bundleCid: cidFromBytes(args.bundleCid),
    }))
    .sort((first, second) => first.slot - second.slot);
}

/** All content keys of a round that were released on chain. */
export async function readRevealedKeys(
  chain: Chain,
  projectId: bigint,
  roundIndex: number,
  range: BlockRange = {},
): Promise<RevealedKey[]> {
  const found = await findEvents(chain, "KeyRevealed", [projectId, roundIndex], range);
  return found.map(({ args, place }) => ({
    ...place,
    account: args.account,
    isReference: args.isReference,
    sealedKeys: getBytes(args.sealedKeys),
  }));
}

/** All settlements of a project, or the one of this round. */
export async function readSettlements(
  chain: Chain,
  projectId: bigint,
  roundIndex?: number,
): Promise<Settlement[]> {
  const found = await findEvents(chain, "RoundSettled", [projectId, roundIndex ?? null]);
  return found.map(({ args, place }) => ({
    ...place,
    roundIndex: Number(args.roundIndex),
    settledBy: args.settledBy,
    budgetWei: args.budgetWei,
    paidWei: args.paidWei,
    outcomeWords: [...args.outcomeWords],
    ...splitCredits(args.credits),
  }));
}

/** All rounds that came to nothing. */
export async function readVoidedRounds(chain: Chain, projectId: bigint): Promise<VoidedRound[]> {
  return (await findEvents(chain, "RoundVoided", [projectId])).map(({ args, place }) => ({
    ...place,
    roundIndex: Number(args.roundIndex),
    reason: voidReasons[Number(args.reason)] ?? "abandoned",
    detail: Number(args.detail),
  }));
}

/**
 * What a settlement sent, decoded from its transaction: the proof itself is nowhere else.
 *
 * @throws CW2207 when the transaction is not a direct call of `settleRound`.
 */
export async function readSettleRequest(
  chain: Chain,
  transactionHash: string,
): Promise<SettleRequest> {
  const transaction = await chain.provider.getTransaction(transactionHash).catch((cause) => {
    throw toChainError(cause, `reading transaction ${transactionHash}`);
  });
  const parsed = transaction && chain.market.interface.parseTransaction({ data: transaction.data });
  if (parsed?.name !== "settleRound") {
    throw new CommonweightError(
      chainErrors.malformed,
      `transaction ${transactionHash} is not a direct call of settleRound`,
    );
  }
  const request = parsed.args[0];
  const { gram } = request.proof;
  return {
    projectId: request.projectId,
    roundIndex: Number(request.roundIndex),
    reference: toPoint(request.referenceCommitment),
    payGradient: toPoint(request.payGradientCommitment),
    modelY: request.modelY,
    aggregateY: request.aggregateY,
    trainers: [...request.trainers],
    commitments: [...request.commitments].map(toPoint),
    excludedMask: Number(request.excludedMask),
    exclusionReasons: [...getBytes(request.exclusionReasons)],
    newModelCid: cidFromBytes(request.newModelCid),
    proof: {
      gram: {
        S: toPoint(gram.S),
        R: toPoint(gram.R),
        Q: toPoint(gram.Q),
        W: toPoint(gram.W),
        mu: gram.mu,
        rhoA: gram.rhoA,
        a: gram.a,
        aInv: gram.aInv,
        s: gram.s,
      },
      dummyCommitment: toPoint(request.proof.dummyCommitment),
      gramHash: request.proof.gramHash,
      outcomeWords: [...request.proof.outcomeWords],
      aggregateCommitment: toPoint(request.proof.aggregateCommitment),
      groth16: [...request.proof.groth16],
    },
  };
}
