import { fetchIpfsAddresses } from "../adapters/aggregator-client.ts";
import { isMultiaddr } from "../adapters/ipfs/is-multiaddr.ts";

/**
 * Asks aggregators where their IPFS nodes can be dialled. One that does not answer, or names what is no address, is left out: it must
 * not end what the others are needed for.
 *
 * @param endpoints Where the aggregators' interfaces are.
 * @returns Multiaddrs, in the order of the endpoints.
 */
export async function findAggregatorNodes(
  endpoints: readonly string[],
  { signal }: { readonly signal: AbortSignal },
): Promise<string[]> {
  const found = await Promise.allSettled(
    endpoints.map((endpoint) => fetchIpfsAddresses(endpoint, { signal })),
  );
  return found
    .flatMap((each) => (each.status === "fulfilled" ? each.value.multiaddrs : []))
    .filter(isMultiaddr);
}
