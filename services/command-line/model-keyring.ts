import { fetchModelKey } from "../adapters/aggregator-client.ts";
import type { Chain } from "../adapters/chain/connect.ts";
import { readParticipant } from "../adapters/chain/projects/participant.ts";
import { isSameAddress } from "../protocol/address.ts";
import { fromHex } from "../protocol/hex.ts";
import type { ModelKeyring } from "../protocol/model/private-model.ts";
import type { EncryptionKeyPair, Envelope } from "../protocol/sealing/envelope.ts";

/**
 * How an account reads a project's private models: with its own key, and for models from before it joined with a key that one of
 * the project's aggregators grants.
 *
 * @param options.account The reader; left out, no grants are asked for.
 */
export function createModelKeyring(
  chain: Chain,
  options: {
    readonly projectId: bigint;
    readonly aggregators: readonly string[];
    readonly account?: string | undefined;
    readonly envelope: Envelope;
    readonly keys: EncryptionKeyPair;
    readonly signal?: AbortSignal | undefined;
  },
): ModelKeyring {
  const { projectId, aggregators, account, envelope, keys, signal } = options;
  async function* requestGrants(cid: string): AsyncGenerator<Uint8Array> {
    if (account === undefined) return;
    for (const aggregator of aggregators) {
      if (isSameAddress(aggregator, account)) continue;
      const { endpoint } = await readParticipant(chain, aggregator);
      // One that does not answer, or refuses, may have colleagues that do not.
      const answer = endpoint
        ? await fetchModelKey(endpoint, { projectId, cid, account }, { signal }).catch(
            () => undefined,
          )
        : undefined;
      if (answer !== undefined) yield fromHex(answer.sealedKey);
    }
  }
  return { envelope, keys, requestGrants };
}
