import type { Chain } from "../adapters/chain/connect.ts";
import { readParticipant } from "../adapters/chain/projects/participant.ts";
import type { Config } from "../adapters/config/config.ts";
import { createGatewayStore } from "../adapters/content-store/gateway-store.ts";
import type { ContentStore } from "../protocol/content-store.ts";

/**
 * Where a project's files can be read: the gateways of its aggregators, found on chain, and those of the configuration. Every block is
 * verified against its CID, so a gateway can withhold content but not change it.
 */
export async function openProjectContent(
  chain: Chain,
  project: { readonly aggregators: readonly string[] },
  { ipfs }: Pick<Config, "ipfs">,
): Promise<Pick<ContentStore, "get">> {
  const participants = await Promise.all(
    project.aggregators.map((account) => readParticipant(chain, account)),
  );
  const endpoints = participants.map(({ endpoint }) => endpoint).filter((url) => url !== "");
  return createGatewayStore({ urls: [...endpoints, ...ipfs.gatewayUrls] });
}
