import type { Chain } from "../../services/adapters/chain/connect.ts";
import type { MarketChain } from "./market-chain.ts";

/** A simulated market as the connection that our programs read through; nothing can be sent with it. */
export async function asChain({ market, registry, vault, provider }: MarketChain): Promise<Chain> {
  const [marketAt, registryAt, vaultAt] = await Promise.all(
    [market, registry, vault].map((contract) => contract.getAddress()),
  );
  return {
    rpcUrl: "simulated",
    chainId: 31337n,
    addresses: {
      market: marketAt as string,
      registry: registryAt as string,
      vault: vaultAt as string,
      verifier: "",
      wrappedNative: "",
      deployBlock: 0,
    },
    // An injected provider answers the same questions as one behind a URL.
    provider: provider as unknown as Chain["provider"],
    market,
    registry,
    vault,
    verifier: market,
    account: undefined,
    signer: undefined,
    transactions: undefined,
    close: () => {},
  };
}
