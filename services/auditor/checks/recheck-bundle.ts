import { sha256 } from "@noble/hashes/sha2.js";
import {
  type BundleSecrets,
  checkSealedBundle,
  type OpenBundleParameters,
  openBundle,
} from "../../protocol/bundle/open-bundle.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { isSameBytes } from "../../protocol/same-bytes.ts";
import type { Exclusion } from "./check-exclusions.ts";

/** What looking at a bundle again says about its exclusion. */
export interface BundleFinding {
  /** `undecided`: what decides is sealed to others, or lies in the past. */
  readonly conclusion: "confirmed" | "refuted" | "undecided";
  readonly detail: string;
}

/** What a bundle is looked at with. */
export interface BundleEvidence extends Omit<OpenBundleParameters, "bytes" | "secrets"> {
  readonly reason: Exclusion["reason"];
  /** The bundle as it can be fetched now; undefined when nobody serves it. */
  readonly bytes: Uint8Array | undefined;
  /** The content key that the trainer put on chain, if it did. */
  readonly revealedKey: Uint8Array | undefined;
  /** What opens the payload, if this auditor has it. */
  readonly secrets: BundleSecrets | undefined;
}

const confirmed = (detail: string): BundleFinding => ({ conclusion: "confirmed", detail });
const refuted = (detail: string): BundleFinding => ({ conclusion: "refuted", detail });
const undecided = (detail: string): BundleFinding => ({ conclusion: "undecided", detail });

/** Looks at an excluded bundle again, as far as this auditor can see, and says so where it cannot. */
export async function recheckBundle(evidence: BundleEvidence): Promise<BundleFinding> {
  const { reason, bytes, revealedKey } = evidence;
  if (reason === "key-not-released") {
    return revealedKey
      ? refuted("the trainer put its key on chain, where everybody can see it")
      : undecided(
          "the key is not on chain; whether the aggregator got it directly, only the two of them know. A trainer who has the aggregator's signed receipt can show it",
        );
  }
  if (bytes === undefined) {
    return reason === "bundle-not-found"
      ? undecided(
          "nobody serves the bundle now either; what was served then cannot be seen any more",
        )
      : undecided("nobody serves the bundle any more, so it cannot be looked at again");
  }
  let contentKeyHash: Uint8Array;
  try {
    ({ contentKeyHash } = checkSealedBundle({ ...evidence, bytes }));
  } catch (error) {
    if (!(error instanceof CommonweightError)) throw error;
    return confirmed(`everybody can see it: ${error.code}: ${error.message}`);
  }
  if (reason === "bundle-not-found") {
    return undecided(
      "the bundle can be fetched now and is bound to this submission; whether it could be fetched before the round was settled cannot be seen any more",
    );
  }
  if (
    evidence.secrets === undefined &&
    revealedKey &&
    !isSameBytes(sha256(revealedKey), contentKeyHash)
  ) {
    return undecided(
      "the content key that the trainer put on chain is not this bundle's; whether the aggregator got the right one directly, only the two of them know",
    );
  }
  return openPayload(evidence, bytes);
}

async function openPayload(evidence: BundleEvidence, bytes: Uint8Array): Promise<BundleFinding> {
  const { secrets } = evidence;
  if (secrets === undefined) {
    return undecided(
      "everything that can be seen without a key is right. The payload is sealed: only the trainer and the project's aggregators can open it. A trainer who appeals discloses the bundle's key (--bundle-key); an aggregator has its own key (--key)",
    );
  }
  try {
    const { update } = await openBundle({ ...evidence, bytes, secrets });
    return refuted(
      `the bundle opens to ${update.length} integers that open the commitment whose hash is on chain: it could be read`,
    );
  } catch (error) {
    if (!(error instanceof CommonweightError)) throw error;
    return confirmed(`opened with a key: ${error.code}: ${error.message}`);
  }
}
