import type { MarketAddresses } from "../adapters/chain/addresses.ts";
import { isNodeSilent } from "../adapters/chain/errors.ts";
import { resolveAddresses } from "../adapters/chain/resolve-addresses.ts";
import { untilChainAnswers } from "../adapters/chain/rpc/until-chain-answers.ts";
import { selectedNetwork } from "../adapters/config/config.ts";
import { configErrors } from "../adapters/config/errors.ts";
import { CommonweightError } from "../protocol/errors.ts";
import type { Invocation } from "./command-context.ts";
import { comparedNodes } from "./compare-option.ts";

/** What a command needs to talk to the market of the selected network. */
export interface MarketConnection {
  readonly rpcUrl: string;
  readonly compareUrls: readonly string[];
  readonly chainId: number | undefined;
  readonly addresses: MarketAddresses;
}

/**
 * Finds the market of the selected network, and the nodes that have to say the same of it.
 *
 * @throws CW2754 when the configuration names no market, CW2755 when `commonweight up` does not run; CW2200 when another chain is
 * away.
 */
export async function connectToMarket(
  invocation: Pick<Invocation, "config" | "options">,
): Promise<MarketConnection> {
  const { config } = invocation;
  const network = selectedNetwork(config);
  const compareUrls = comparedNodes(invocation);
  // A network without a chain number is one that only --rpc-url names: somebody else's.
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
    compareUrls,
    market: network.market,
    wrappedNative: network.wrappedNative,
    deployBlock: network.deployBlock,
  }).catch((cause: unknown) => {
    if (!isOwnMarket || !isNodeSilent(cause)) throw cause;
    throw new CommonweightError(
      configErrors.marketNotRunning,
      `no market runs here: nothing answers at ${network.rpcUrl}`,
      { cause },
    );
  });
  return { rpcUrl: network.rpcUrl, compareUrls, chainId: network.chainId, addresses };
}

/**
 * As {@link connectToMarket}, for a service that nobody starts a second time: waits for a chain that is away, so that a machine's
 * restart does not depend on which program comes up first. The market of this machine is not waited for: whoever has not started it
 * should be told.
 *
 * @param onAway Called once for each thing that is in the way.
 */
export function awaitMarket(
  invocation: Pick<Invocation, "config" | "options" | "signal">,
  onAway: (error: CommonweightError) => void,
): Promise<MarketConnection> {
  return untilChainAnswers(() => connectToMarket(invocation), {
    signal: invocation.signal,
    onFailure: onAway,
  });
}
