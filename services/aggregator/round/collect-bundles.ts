import { sha256 } from "@noble/hashes/sha2.js";
import type { Submission } from "../../adapters/chain/rounds/round-events.ts";
import { bundleErrors } from "../../protocol/bundle/bundle-errors.ts";
import {
  type BundleContext,
  maxBundleBytes,
  readBundle,
} from "../../protocol/bundle/bundle-header.ts";
import { type OpenBundleParameters, openBundle } from "../../protocol/bundle/open-bundle.ts";
import type { ContentStore } from "../../protocol/content-store.ts";
import { contentStoreErrors, isContentAway } from "../../protocol/content-store.ts";
import type { G1Point } from "../../protocol/curve.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import type { ExclusionReason } from "../../protocol/round/settlement.ts";
import { isSameBytes } from "../../protocol/same-bytes.ts";
import type { EncryptionKeyPair, Envelope } from "../../protocol/sealing/envelope.ts";

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

/** A content key as its trainer released it: by message to this aggregator, or where everybody sees it. */
export interface ReleasedKey {
  readonly bytes: Uint8Array;
  readonly isOnChain: boolean;
}

/** What opening one bundle needs. */
export interface OpenSubmissionParameters {
  readonly store: ContentStore;
  readonly envelope: Envelope;
  readonly keys: EncryptionKeyPair;
  /** All that were released for it: the one that fits counts. */
  readonly contentKeys: readonly ReleasedKey[];
  readonly context: Omit<BundleContext, "trainer" | "commitmentHash">;
  readonly fractionBits: number;
  readonly parameterCount: number;
  readonly commit: OpenBundleParameters["commit"];
  readonly providers?: readonly string[];
  readonly timeoutMs?: number;
  /** How often it is asked for again when nobody has it; as the content store does by itself when undefined. */
  readonly retries?: number;
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
  const { store, contentKeys, context, parameterCount, signal } = parameters;
  let key = contentKeys[0];
  if (key === undefined) {
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
      ...(parameters.retries === undefined ? {} : { retries: parameters.retries }),
      ...(signal ? { signal } : {}),
      ...(parameters.providers ? { providers: parameters.providers } : {}),
    });
    key = fittingKey(bytes, contentKeys) ?? key;
    const opened = await openBundle({
      envelope: parameters.envelope,
      bytes,
      secrets: { contentKey: key.bytes, keys: parameters.keys },
      associated: { ...context, trainer, commitmentHash },
      fractionBits: parameters.fractionBits,
      parameterCount,
      commit: parameters.commit,
    });
    return { slot, trainer, ...opened };
  } catch (error) {
    if (!(error instanceof CommonweightError) || isOurOwn(error)) throw error;
    return unreadable(reasonOf(error, key), error);
  }
}

/**
 * The key that a bundle was sealed under. Its trainer may hand this aggregator a wrong one and put the right one on chain, where auditors
 * would find that the bundle could be read. If none fits, one on chain, which everybody can see to be wrong.
 */
function fittingKey(bytes: Uint8Array, keys: readonly ReleasedKey[]): ReleasedKey | undefined {
  const { contentKeyHash } = readBundle(bytes).header;
  return (
    keys.find((key) => isSameBytes(sha256(key.bytes), contentKeyHash)) ??
    keys.find(({ isOnChain }) => isOnChain)
  );
}

/** True for an update that opened. */
export function isReadable(each: ReadableUpdate | UnreadableUpdate): each is ReadableUpdate {
  return "update" in each;
}

/** A service that is being stopped, or whose disk is full, has learnt nothing about the bundle. */
function isOurOwn({ code }: CommonweightError): boolean {
  return code === contentStoreErrors.aborted.code || code === contentStoreErrors.storeFailed.code;
}

function reasonOf(error: CommonweightError, key: ReleasedKey): ExclusionReason {
  if (isContentAway(error)) return 2;
  // What only this aggregator has seen is no key: the right one may still come, and then on chain.
  if (error.code === bundleErrors.wrongContentKey.code && !key.isOnChain) return 1;
  return error.code === bundleErrors.commitmentMismatch.code ? 4 : 3;
}
