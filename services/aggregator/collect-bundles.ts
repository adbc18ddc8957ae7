import type { Submission } from "../adapters/chain/round-events.ts";
import { bundleErrors } from "../protocol/bundle-errors.ts";
import type { BundleContext } from "../protocol/bundle-header.ts";
import { maxBundleBytes } from "../protocol/bundle-header.ts";
import type { ContentStore } from "../protocol/content-store.ts";
import { contentStoreErrors, isContentAway } from "../protocol/content-store.ts";
import type { G1Point } from "../protocol/curve.ts";
import type { EncryptionKeyPair, Envelope } from "../protocol/envelope.ts";
import { CommonweightError } from "../protocol/errors.ts";
import { type OpenBundleParameters, openBundle } from "../protocol/open-bundle.ts";
import type { ExclusionReason } from "../protocol/settlement.ts";

/** An update that opened its commitment. */
export interface ReadableUpdate {
  readonly slot: number;
  readonly trainer: string;
  readonly update: Int16Array;
  readonly blinding: bigint;
  readonly commitment: G1Point;
}

/** A submission that could not be read, with what an auditor needs to see it too. */
export interface UnreadableUpdate {
  readonly slot: number;
  readonly trainer: string;
  readonly reason: ExclusionReason;
  readonly bundleCid: string;
  readonly code: string;
  readonly explanation: string;
}

/** What opening one bundle needs. */
export interface OpenSubmissionParameters {
  readonly store: ContentStore;
  readonly envelope: Envelope;
  readonly keys: EncryptionKeyPair;
  readonly contentKey: Uint8Array | undefined;
  readonly context: Omit<BundleContext, "trainer" | "commitmentHash">;
  readonly fractionBits: number;
  readonly parameterCount: number;
  readonly commit: OpenBundleParameters["commit"];
  readonly providers?: readonly string[];
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Fetches and opens one sealed update and checks everything about it, down to its commitment.
 *
 * Never throws for what its author got wrong: that comes back as the reason of an exclusion.
 *
 * @throws CommonweightError CW2403 when cancelled, CW2408 when this machine's disk takes nothing: nobody else's fault.
 */
export async function openSubmission(
  submission: Pick<Submission, "slot" | "trainer" | "commitmentHash" | "bundleCid">,
  parameters: OpenSubmissionParameters,
): Promise<ReadableUpdate | UnreadableUpdate> {
  const { slot, trainer, commitmentHash, bundleCid } = submission;
  const unreadable = (reason: ExclusionReason, error: CommonweightError): UnreadableUpdate => ({
    slot,
    trainer,
    bundleCid,
    reason,
    code: error.code,
    explanation: `${error.message} — ${error.hint}`,
  });
  const { store, contentKey, context, parameterCount, signal } = parameters;
  if (contentKey === undefined) {
    return {
      slot,
      trainer,
      bundleCid,
      reason: 1,
      code: "",
      explanation: "the trainer released no content key before the reveal phase ended",
    };
  }
  try {
    const bytes = await store.get(bundleCid, {
      maxBytes: maxBundleBytes(parameterCount),
      timeoutMs: parameters.timeoutMs ?? 20_000,
      ...(signal ? { signal } : {}),
      ...(parameters.providers ? { providers: parameters.providers } : {}),
    });
    const opened = await openBundle({
      envelope: parameters.envelope,
      bytes,
      secrets: { contentKey, keys: parameters.keys },
      associated: { ...context, trainer, commitmentHash },
      fractionBits: parameters.fractionBits,
      parameterCount,
      commit: parameters.commit,
    });
    return { slot, trainer, ...opened };
  } catch (error) {
    if (!(error instanceof CommonweightError) || isOurOwn(error)) throw error;
    return unreadable(reasonOf(error), error);
  }
}

/** True for an update that opened. */
export function isReadable(each: ReadableUpdate | UnreadableUpdate): each is ReadableUpdate {
  return "update" in each;
}

/** A service that is being stopped, or whose disk is full, has learnt nothing about the bundle. */
function isOurOwn({ code }: CommonweightError): boolean {
  return code === contentStoreErrors.aborted.code || code === contentStoreErrors.storeFailed.code;
}

function reasonOf(error: CommonweightError): ExclusionReason {
  if (isContentAway(error)) return 2;
  return error.code === bundleErrors.commitmentMismatch.code ? 4 : 3;
}
