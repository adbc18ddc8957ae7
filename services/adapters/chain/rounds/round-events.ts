import { getAddress, getBytes } from "ethers";
import type { G1Point } from "../../../protocol/curve.ts";
import { cidFromBytes } from "../cid-bytes.ts";
import type { Chain } from "../connect.ts";
import { toPoint } from "../contract-values.ts";
import { type BlockRange, type EventPlace, findEvents } from "../project-events.ts";
import { decodeSubmittedUpdates } from "../update-batch.ts";

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
  /** See `submissions.ts`. */
  readonly commitmentHash: string;
  readonly bundleCid: string;
}

/** A content key that was released on chain. */
export interface RevealedKey extends EventPlace {
  readonly account: string;
  readonly isReference: boolean;
  readonly sealedKeys: Uint8Array;
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
  const found = await findEvents(chain, "UpdatesSubmitted", [projectId, roundIndex], range);
  return found
    .flatMap(({ args, place }) =>
      decodeSubmittedUpdates(getBytes(args.updates)).map((update, index) => ({
        ...place,
        trainer: getAddress(update.trainer),
        slot: Number(args.firstSlot) + index,
        commitmentHash: update.commitmentHash,
        bundleCid: cidFromBytes(update.bundleCid),
      })),
    )
    .sort((first, second) => first.slot - second.slot);
}

/** What the updates of all rounds are called, without what they are. */
export async function readBundleNames(
  chain: Chain,
  projectId: bigint,
  range: BlockRange = {},
): Promise<{ readonly roundIndex: number; readonly bundleCid: string }[]> {
  const found = await findEvents(chain, "UpdatesSubmitted", [projectId], range);
  return found.flatMap(({ args }) =>
    decodeSubmittedUpdates(getBytes(args.updates)).map(({ bundleCid }) => ({
      roundIndex: Number(args.roundIndex),
      bundleCid: cidFromBytes(bundleCid),
    })),
  );
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

/** All rounds that came to nothing. */
export async function readVoidedRounds(
  chain: Chain,
  projectId: bigint,
  range: BlockRange = {},
): Promise<VoidedRound[]> {
  return (await findEvents(chain, "RoundVoided", [projectId], range)).map(({ args, place }) => ({
    ...place,
    roundIndex: Number(args.roundIndex),
    reason: voidReasons[Number(args.reason)] ?? "abandoned",
    detail: Number(args.detail),
  }));
}
