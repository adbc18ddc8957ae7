import { postKey } from "../adapters/aggregator-client.ts";
import type { Chain } from "../adapters/chain/connect.ts";
import { endpointOf, forgetEndpoint } from "../adapters/chain/projects/known-endpoints.ts";
import { revealKey } from "../adapters/chain/rounds/round.ts";
import { recoverMessageSigner, signMessage } from "../adapters/chain/sign.ts";
import { isSameAddress } from "../protocol/address.ts";
import { toHex } from "../protocol/hex.ts";
import { keyReceiptMessage, keyReleaseMessage } from "../protocol/market/signed-messages.ts";

/** A content key to hand over after the commit phase. */
export interface KeyRelease {
  readonly projectId: bigint;
  readonly roundIndex: number;
  readonly contentKey: Uint8Array;
}

/** Who confirmed a key: addresses of aggregators. */
export type ConfirmedBy = readonly string[];

/**
 * Hands a content key to each aggregator that has not confirmed it yet.
 *
 * A receipt counts only with the aggregator's signature: without one the caller goes to the chain.
 */
export async function releaseToAggregators(
  chain: Chain,
  aggregators: readonly string[],
  release: KeyRelease,
  options: { signal?: AbortSignal | undefined } = {},
): Promise<ConfirmedBy> {
  const confirmed = await Promise.all(
    aggregators.map(async (aggregator) => {
      try {
        return (await releaseTo(chain, aggregator, release, options)) ? aggregator : undefined;
      } catch {
        // An aggregator that is down or refuses is tried again, and passed over on the chain in time.
        forgetEndpoint(chain, aggregator);
        return undefined;
      }
    }),
  );
  return confirmed.filter((each) => each !== undefined);
}

async function releaseTo(
  chain: Chain,
  aggregator: string,
  { projectId, roundIndex, contentKey }: KeyRelease,
  options: { signal?: AbortSignal | undefined },
): Promise<boolean> {
  const endpoint = await endpointOf(chain, aggregator);
  if (endpoint === "") return false;
  const context = {
    chainId: chain.chainId,
    market: chain.addresses.market,
    projectId,
    roundIndex,
  };
  const sender = chain.account as string;
  const key = toHex(contentKey);
  const release = { aggregator, kind: "update", contentKey: key } as const;
  const signature = await signMessage(chain, keyReleaseMessage(context, release));
  const receipt = await postKey(
    endpoint,
    { projectId, roundIndex },
    { sender, kind: "update", contentKey: key, signature },
    options,
  );
  const signer = recoverMessageSigner(
    keyReceiptMessage(context, {
      sender,
      kind: "update",
      contentKey: key,
      receivedAt: receipt.receivedAt,
    }),
    receipt.signature,
  );
  return isSameAddress(signer, aggregator);
}

/** Releases a content key on the chain: no aggregator can say that it never came. */
export const releaseOnChain = (chain: Chain, { projectId, roundIndex, contentKey }: KeyRelease) =>
  revealKey(chain, { projectId, roundIndex, isReference: false, sealedKeys: contentKey });
