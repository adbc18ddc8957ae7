import { Contract, JsonRpcProvider, Network, ZeroAddress } from "ethers";
import type { MarketAddresses } from "./addresses.ts";
import { toChainError } from "./errors.ts";
import { trainingMarketAbi } from "./generated/training-market.ts";
import { comparedRequest } from "./rpc/compared-request.ts";

/** How long one attempt may take, milliseconds. */
const TIMEOUT_MS = 15_000;

/**
 * The addresses of a whole market from that of its entry contract: vault, registry and verifier are its immutables,
 * so nobody can point a program at a false one of them.
 *
 * @throws CW2200 when the node does not answer, CW2207 when there is no market at the address.
 */
export async function resolveAddresses(options: {
  rpcUrl: string;
  compareUrls?: readonly string[];
  market: string;
  wrappedNative?: string | undefined;
  deployBlock?: number | undefined;
}): Promise<MarketAddresses> {
  // Calls do not depend on the chain's number; asking for it would make the library complain on stdout when nobody answers.
  const request = comparedRequest([options.rpcUrl, ...(options.compareUrls ?? [])], {
    timeoutMs: TIMEOUT_MS,
  });
  const provider = new JsonRpcProvider(request, undefined, { staticNetwork: Network.from(1) });
  try {
    const market = new Contract(options.market, trainingMarketAbi, provider);
    const read = async (name: string) => String(await market.getFunction(name).staticCall());
    const [vault, registry, verifier] = await Promise.all(
      ["vault", "registry", "verifier"].map(read),
    );
    return {
      market: options.market,
      vault: vault as string,
      registry: registry as string,
      verifier: verifier as string,
      wrappedNative: options.wrappedNative ?? ZeroAddress,
      deployBlock: options.deployBlock ?? 0,
    };
  } catch (cause) {
    throw toChainError(cause, `reading the market at ${options.market}`);
  } finally {
    provider.destroy();
  }
}
