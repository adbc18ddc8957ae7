import { fetchModelCopy } from "../adapters/aggregator-client.ts";
import type { Chain } from "../adapters/chain/connect.ts";
import { readParticipant } from "../adapters/chain/projects/participant.ts";
import { isSameAddress } from "../protocol/address.ts";
import type { AskForCopy } from "../protocol/model/load-model.ts";

/**
 * Whom an account asks for a project's models when the CID on chain is no good: those of its aggregators who have computed them again
 * say where they are.
 */
export function modelCopyKeepers(
  chain: Chain,
  options: { readonly projectId: bigint; readonly aggregators: readonly string[] },
): AskForCopy[] {
  const { projectId, aggregators } = options;
  const others = aggregators.filter(
    (each) => chain.account === undefined || !isSameAddress(each, chain.account),
  );
  return others.map((each) => async (version, signal) => {
    const { endpoint } = await readParticipant(chain, each);
    return endpoint === ""
      ? undefined
      : fetchModelCopy(endpoint, { projectId, version }, { signal });
  });
}
