import type { MarketAddresses } from "../adapters/chain/addresses.ts";
import { resolveAddresses } from "../adapters/chain/resolve-addresses.ts";
import { selectedNetwork } from "../adapters/config/config.ts";
import { configErrors } from "../adapters/config/errors.ts";
import { CommonweightError } from "../protocol/errors.ts";
import type { Invocation } from "./command-context.ts";

/** What a command needs to talk to the market of the selected network. */
export interface MarketConnection {
  readonly rpcUrl: string;
  readonly chainId: number | undefined;
  readonly addresses: MarketAddresses;
}

/**
 * Finds the market of the selected network.
 *
 * @throws CW2754 when the configuration names no market; CW2200 when the chain is away.
 */
export async function connectToMarket({ config }: Invocation): Promise<MarketConnection> {
  const network = selectedNetwork(config);
  if (network.market === undefined) {
    throw new CommonweightError(configErrors.marketMissing, `network "${network.name}"`);
  }
  const addresses = await resolveAddresses({
    rpcUrl: network.rpcUrl,
    market: network.market,
    wrappedNative: network.wrappedNative,
    deployBlock: network.deployBlock,
  });
  return { rpcUrl: network.rpcUrl, chainId: network.chainId, addresses };
}
