import type { MarketAddresses } from "../adapters/chain/addresses.ts";
import { isChainUnreachable } from "../adapters/chain/errors.ts";
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
 * @throws CW2754 when the configuration names no market, CW2755 when `commonweight up` does not run; CW2200 when another chain is
 * away.
 */
export async function connectToMarket({ config }: Invocation): Promise<MarketConnection> {
  const network = selectedNetwork(config);
  // A network of --rpc-url has no chain number: it is somebody else's.
  const isOwnMarket = network.name === "embedded" && network.chainId !== undefined;
  if (network.market === undefined) {
    const { marketMissing, marketNotRunning } = configErrors;
    const error = isOwnMarket ? marketNotRunning : marketMissing;
    throw new CommonweightError(
      error,
      isOwnMarket
        ? `no market runs here: none is recorded in ${config.stateFolder}`
        : `network "${network.name}"`,
    );
  }
  const addresses = await resolveAddresses({
    rpcUrl: network.rpcUrl,
    market: network.market,
    wrappedNative: network.wrappedNative,
    deployBlock: network.deployBlock,
  }).catch((cause: unknown) => {
    if (!isOwnMarket || !isChainUnreachable(cause)) throw cause;
    throw new CommonweightError(
      configErrors.marketNotRunning,
      `no market runs here: nothing answers at ${network.rpcUrl}`,
      { cause },
    );
  });
  return { rpcUrl: network.rpcUrl, chainId: network.chainId, addresses };
}
