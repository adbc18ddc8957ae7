import { ROUND_PHASES, type RoundPhase } from "../../../protocol/market/phases.ts";
import type { SettleRequest } from "../../../protocol/round/settlement.ts";
import type { AtBlock } from "../at-block.ts";
import { cidToBytes } from "../cid-bytes.ts";
import { type Chain, call, send } from "../connect.ts";
import { type MarketCall, sendMarketCall } from "../market-calls.ts";
import { compactSignature, type RoundReference, type UnsignedUpdate } from "../sign.ts";
import type { Receipt } from "../transactions/transaction-receipt.ts";
import { encodeUpdateBatch } from "../update-batch.ts";

/** The open round, or the last one: earlier rounds are in the chain's events. */
export interface Round {
  readonly isOpen: boolean;
  readonly roundIndex: number;
  readonly phase: RoundPhase;
  /** Unix seconds of the chain's clock. */
  readonly commitClosesAt: number;
  readonly revealClosesAt: number;
  readonly settleClosesAt: number;
  readonly settlerIndex: number;
  readonly budgetWei: bigint;
  readonly submittedCount: number;
  /** One bit per roster place. */
  readonly eligibleMask: bigint;
  readonly pendingMask: bigint;
  readonly revealedMask: bigint;
  readonly isReferenceRevealed: boolean;
  readonly submissionsHash: string;
}

type OnSent = { onSent?: (hash: string) => void };

/** The project's open round, or its last one. */
export async function readRound(chain: Chain, projectId: bigint, at: AtBlock = {}): Promise<Round> {
  const raw = await call<Record<string, never>>(chain.market, "getRound", projectId, at);
  return {
    isOpen: Boolean(raw.isOpen),
    roundIndex: Number(raw.roundIndex),
    phase: ROUND_PHASES[Number(raw.phase)] ?? "idle",
    commitClosesAt: Number(raw.commitClosesAt),
    revealClosesAt: Number(raw.revealClosesAt),
    settleClosesAt: Number(raw.settleClosesAt),
    settlerIndex: Number(raw.settlerIndex),
    budgetWei: raw.budgetWei as unknown as bigint,
    submittedCount: Number(raw.submittedCount),
    eligibleMask: raw.eligibleMask as unknown as bigint,
    pendingMask: raw.pendingMask as unknown as bigint,
    revealedMask: raw.revealedMask as unknown as bigint,
    isReferenceRevealed: Boolean(raw.isReferenceRevealed),
    submissionsHash: String(raw.submissionsHash),
  };
}

/** What opens a round: the reference, and the referee's signature of it. */
export interface RoundOpening {
  readonly reference: RoundReference;
  readonly refereeSignature: string;
}

const openingCall = ({ reference, refereeSignature }: RoundOpening): MarketCall => ({
  method: "openRound",
  args: [
    {
      projectId: reference.projectId,
      roundIndex: reference.roundIndex,
      referenceCommitment: reference.reference,
      payGradientCommitment: reference.payGradient,
      referenceCid: cidToBytes(reference.referenceCid),
      payGradientCid: cidToBytes(reference.payGradientCid),
      jobCid: cidToBytes(reference.jobCid),
      refereeSignature,
    },
  ],
});

/** Opens a round with the reference that the referee signed. */
export const openRound = (chain: Chain, opening: RoundOpening): Promise<Receipt> =>
  sendMarketCall(chain, openingCall(opening), [], {
    purpose: `open/${opening.reference.projectId}/${opening.reference.roundIndex}`,
  });

/** Submits this account's update. */
export const submitUpdate = (
  chain: Chain,
  update: UnsignedUpdate,
  options: OnSent = {},
): Promise<Receipt> =>
  send(
    chain,
    chain.market,
    "submitUpdate",
    [update.projectId, update.roundIndex, update.commitmentHash, cidToBytes(update.bundleCid)],
    options,
  );

/** Relays updates that their trainers signed, in one transaction. */
export const submitUpdates = (
  chain: Chain,
  projectId: bigint,
  roundIndex: number,
  updates: readonly { commitmentHash: string; bundleCid: string; signature: string }[],
  options: OnSent = {},
): Promise<Receipt> =>
  send(
    chain,
    chain.market,
    "submitUpdates",
    [
      projectId,
      roundIndex,
      encodeUpdateBatch(
        updates.map(({ commitmentHash, bundleCid, signature }) => ({
          commitmentHash,
          bundleCid: cidToBytes(bundleCid),
          ...compactSignature(signature),
        })),
      ),
    ],
    {
      ...options,
      purpose: `relay/${projectId}/${roundIndex}/${updates.map(({ signature }) => signature.slice(2, 10)).join("-")}`,
    },
  );

/** Releases content keys on chain: the fallback that no aggregator can ignore. */
export const revealKey = (
  chain: Chain,
  release: {
    projectId: bigint;
    roundIndex: number;
    isReference: boolean;
    sealedKeys: Uint8Array;
  },
  options: OnSent = {},
): Promise<Receipt> =>
  send(
    chain,
    chain.market,
    "revealKey",
    [release.projectId, release.roundIndex, release.isReference, release.sealedKeys],
    options,
  );

const toHex = (bytes: readonly number[]) =>
  `0x${bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;

const settlementCall = (request: SettleRequest): MarketCall => ({
  method: "settleRound",
  args: [
    {
      projectId: request.projectId,
      roundIndex: request.roundIndex,
      referenceCommitment: request.reference,
      payGradientCommitment: request.payGradient,
      modelY: request.modelY,
      aggregateY: request.aggregateY,
      trainers: request.trainers,
      commitments: request.commitments,
      excludedMask: request.excludedMask,
      exclusionReasons: toHex(request.exclusionReasons),
      proof: request.proof,
      newModelCid: cidToBytes(request.newModelCid),
    },
  ],
});

/** A second proof of the same round is another call, and must still not be sent beside the first. */
const settlementPurpose = ({ projectId, roundIndex }: SettleRequest) =>
  `settle/${projectId}/${roundIndex}`;

/** Settles a round with its proof. */
export const settleRound = (chain: Chain, request: SettleRequest): Promise<Receipt> =>
  sendMarketCall(chain, settlementCall(request), [], { purpose: settlementPurpose(request) });

/** Settles a round and opens the next one in the same transaction: both happen, or neither. */
export const settleAndOpenRound = (
  chain: Chain,
  request: SettleRequest,
  next: RoundOpening,
): Promise<Receipt> =>
  sendMarketCall(chain, openingCall(next), [settlementCall(request)], {
    purpose: settlementPurpose(request),
  });

/** Gives a round up for somebody else's fault: 1 too few readable, 2 reference not readable, 3 model not found, 4 no time left to prove it. */
export const abandonRound = (
  chain: Chain,
  projectId: bigint,
  roundIndex: number,
  reason: number,
): Promise<Receipt> => send(chain, chain.market, "abandonRound", [projectId, roundIndex, reason]);
