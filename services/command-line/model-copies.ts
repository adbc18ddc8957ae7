import { fetchModelCopies } from "../adapters/aggregator-client.ts";
import type { Chain } from "../adapters/chain/connect.ts";
import { readParticipant } from "../adapters/chain/projects/participant.ts";
import { isSameAddress } from "../protocol/address.ts";
import type { FindModelCopies } from "../protocol/model/load-model.ts";

/**
 * Where an account finds a project's models when the CID on chain is no good: with those of its aggregators who have computed them
 * again.
 */
export function createCopyFinder(
  chain: Chain,
  options: {
    readonly projectId: bigint;
    readonly aggregators: readonly string[];
    readonly signal?: AbortSignal | undefined;
  },
): FindModelCopies {
  const { projectId, aggregators, signal } = options;
  const others = aggregators.filter(
    (each) => chain.account === undefined || !isSameAddress(each, chain.account),
  );
  return async (version) => {
    const participants = await Promise.all(others.map((each) => readParticipant(chain, each)));
    const endpoints = participants.map(({ endpoint }) => endpoint).filter((url) => url !== "");
    return fetchModelCopies(endpoints, { projectId, version }, { signal });
  };
}
