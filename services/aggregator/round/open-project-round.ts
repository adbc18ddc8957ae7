import type { Chain } from "../../adapters/chain/connect.ts";
import { openRound, type RoundOpening } from "../../adapters/chain/rounds/round.ts";
import type { Receipt } from "../../adapters/chain/transactions/transaction-receipt.ts";
import type { ContentStore } from "../../protocol/content-store.ts";
import { INFINITY } from "../../protocol/curve.ts";
import { fromDecimalPoint } from "../../protocol/decimal-point.ts";
import type { ReferencesBody } from "../../protocol/market/api.ts";
import { MAX_ROUND_JOB_BYTES } from "../../protocol/round/round-job.ts";

/** What a project's round is opened with, out of what its referee handed over. */
export const openingOf = (
  place: { readonly projectId: bigint; readonly roundIndex: number },
  references: ReferencesBody,
): RoundOpening => ({
  reference: {
    ...{ projectId: place.projectId, roundIndex: place.roundIndex },
    reference: fromDecimalPoint(references.reference),
    payGradient: references.payGradient ? fromDecimalPoint(references.payGradient) : INFINITY,
    referenceCid: references.referenceBundleCid,
    payGradientCid: references.payGradientBundleCid ?? "",
    jobCid: references.jobCid ?? "",
  },
  refereeSignature: references.signature,
});

/** Opens a project's round with what its referee signed. @throws CW2201 when the contract refuses it. */
export async function openProjectRound(
  parts: {
    readonly chain: Chain;
    readonly contentStore: Pick<ContentStore, "pin">;
    readonly signal: AbortSignal;
  },
  place: { readonly projectId: bigint; readonly roundIndex: number },
  references: ReferencesBody,
): Promise<Receipt> {
  const { jobCid } = references;
  // Trainers fetch it from here, so it must be here before they look for it.
  if (jobCid !== undefined) {
    await parts.contentStore.pin(jobCid, { maxBytes: MAX_ROUND_JOB_BYTES, signal: parts.signal });
  }
  return openRound(parts.chain, openingOf(place, references));
}
