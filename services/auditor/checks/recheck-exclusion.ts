import { fetchRoundReport } from "../../adapters/aggregator-client.ts";
import type { Chain } from "../../adapters/chain/connect.ts";
import { readParticipant } from "../../adapters/chain/projects/participant.ts";
import { readPosting } from "../../adapters/chain/projects/project-posting.ts";
import { readRevealedKeys, readSubmissions } from "../../adapters/chain/rounds/round-events.ts";
import { readSettlements, readSettleRequest } from "../../adapters/chain/rounds/settlements.ts";
import { openCurve } from "../../adapters/curve/open-curve.ts";
import { createHpkeEnvelope } from "../../adapters/envelope/hpke-envelope.ts";
import { isSameAddress } from "../../protocol/address.ts";
import { maxBundleBytes } from "../../protocol/bundle/bundle-header.ts";
import { type ContentStore, isContentAway } from "../../protocol/content-store.ts";
import { CommonweightError } from "../../protocol/errors.ts";
import { commitUpdate } from "../../protocol/gram/commitment.ts";
import type { EncryptionKeyPair } from "../../protocol/sealing/envelope.ts";
import { auditorErrors } from "../errors.ts";
import { type Exclusion, exclusionsOf } from "./check-exclusions.ts";
import { type BundleFinding, recheckBundle } from "./recheck-bundle.ts";

/** An exclusion, looked at again. */
export interface ExclusionRecheck extends Exclusion, BundleFinding {
  readonly projectId: bigint;
  readonly roundIndex: number;
  readonly settledIn: string;
  /** The aggregator that left the submission out. */
  readonly aggregator: string;
  /** What it says itself about its reason; null when it does not answer. */
  readonly explanation: string | null;
  /** Bytes of the bundle as it can be fetched now; null when nobody serves it. */
  readonly bundleBytes: number | null;
  readonly isKeyOnChain: boolean;
}

/** What a recheck needs. */
export interface RecheckOptions {
  readonly chain: Chain;
  readonly projectId: bigint;
  readonly roundIndex: number;
  readonly trainer: string;
  readonly contentStore: Pick<ContentStore, "get">;
  /** The whole bundle's key, which a trainer discloses who appeals. */
  readonly bundleKey?: Uint8Array | undefined;
  /** The keys of one of the project's aggregators. */
  readonly keys?: EncryptionKeyPair | undefined;
  readonly cacheDir: string;
  readonly srsPath?: string | undefined;
  readonly signal: AbortSignal;
}

/**
 * Looks again at why a submission was left out: what the chain says, what the aggregator says, and what the bundle shows to this auditor.
 *
 * @throws CW4600 for a round that was not settled, CW4603 for a submission that was not left out.
 */
export async function recheckExclusion(options: RecheckOptions): Promise<ExclusionRecheck> {
  const { chain, projectId, roundIndex, signal } = options;
  const [{ terms }, [settlement], submissions, keys] = await Promise.all([
    readPosting(chain, projectId),
    readSettlements(chain, projectId, roundIndex),
    readSubmissions(chain, projectId, roundIndex),
    readRevealedKeys(chain, projectId, roundIndex),
  ]);
  if (settlement === undefined) {
    throw new CommonweightError(auditorErrors.roundUnknown, `round ${roundIndex}`);
  }
  const isTrainer = (address: string) => isSameAddress(address, options.trainer);
  const request = await readSettleRequest(chain, { ...settlement, projectId });
  const exclusion = exclusionsOf({ request, submissions }).find((each) => isTrainer(each.trainer));
  const submission = submissions.find((each) => isTrainer(each.trainer));
  if (submission === undefined) {
    throw new CommonweightError(auditorErrors.trainerUnknown, options.trainer);
  }
  if (exclusion === undefined) {
    throw new CommonweightError(auditorErrors.notExcluded, options.trainer);
  }
  const revealedKey = keys.find((each) => !each.isReference && isTrainer(each.account))?.sealedKeys;
  const bytes = await fetchBundle(options, exclusion.bundleCid, terms.parameterCount);
  const { parameterCount, fractionBits } = terms;
  const { cacheDir, srsPath } = options;
  const curve = await openCurve({ parameterCount, cacheDir, srsPath });
  try {
    const finding = await recheckBundle({
      envelope: createHpkeEnvelope(),
      reason: exclusion.reason,
      bytes,
      revealedKey,
      secrets: secretsOf(options, revealedKey),
      associated: {
        chainId: chain.chainId,
        market: chain.addresses.market,
        projectId,
        roundIndex,
        trainer: submission.trainer,
        commitmentHash: submission.commitmentHash,
      },
      fractionBits,
      parameterCount,
      commit: (opened) => commitUpdate(curve, { ...opened, signal }),
    });
    return {
      ...exclusion,
      ...finding,
      ...{ projectId, roundIndex, settledIn: settlement.transactionHash },
      aggregator: settlement.settledBy,
      explanation: await askAggregator(options, settlement.settledBy),
      bundleBytes: bytes?.length ?? null,
      isKeyOnChain: revealedKey !== undefined,
    };
  } finally {
    await curve[Symbol.asyncDispose]();
  }
}

function secretsOf({ bundleKey, keys }: RecheckOptions, contentKey: Uint8Array | undefined) {
  if (bundleKey !== undefined) return { bundleKey };
  return keys && contentKey ? { keys, contentKey } : undefined;
}

/** Undefined when nobody serves it; anything else that is wrong with it is for the recheck to find. */
async function fetchBundle(
  { contentStore, signal }: RecheckOptions,
  cid: string,
  parameterCount: number,
): Promise<Uint8Array | undefined> {
  try {
    return await contentStore.get(cid, { maxBytes: maxBundleBytes(parameterCount), signal });
  } catch (error) {
    if (isContentAway(error)) return undefined;
    throw error;
  }
}

async function askAggregator(
  { chain, projectId, roundIndex, trainer, signal }: RecheckOptions,
  aggregator: string,
): Promise<string | null> {
  const { endpoint } = await readParticipant(chain, aggregator);
  if (endpoint === "") return null;
  const answer = await fetchRoundReport(endpoint, { projectId, roundIndex }, { signal }).catch(
    () => undefined,
  );
  const own = answer?.report?.trainers.find((each) => isSameAddress(each.trainer, trainer));
  return own?.exclusion?.explanation ?? null;
}

const CONCLUSIONS = {
  confirmed: "CONFIRMED: this bundle could not be used",
  refuted: "REFUTED: the aggregator left out an update that could be read",
  undecided: "undecided: this cannot be told from here",
} as const;

/** A recheck for people. */
export function recheckText(recheck: ExclusionRecheck): string {
  const { roundIndex, projectId, explanation, bundleBytes } = recheck;
  return [
    `trainer ${recheck.trainer}, slot ${recheck.slot} of round ${roundIndex} of project ${projectId}`,
    `left out in      ${recheck.settledIn}`,
    `by               ${recheck.aggregator}`,
    `reason on chain  ${recheck.reason}`,
    `it says          ${explanation ?? "nothing: it does not answer, or has forgotten the round"}`,
    `bundle           ${recheck.bundleCid}, ${bundleBytes === null ? "which nobody serves now" : `${bundleBytes} bytes`}`,
    `key on chain     ${recheck.isKeyOnChain ? "yes" : "no"}`,
    "",
    CONCLUSIONS[recheck.conclusion],
    `  ${recheck.detail}`,
  ].join("\n");
}
